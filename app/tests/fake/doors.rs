//! How people come in: setup links, invites, sessions; and the acts of the ERP checklist, as far as a page sees them.

use super::data::{self, NOW};
use super::{Fake, erp, held, named};
use contract::onboarding::{Candidate, Erp, ErpStep, Onboarding};
use contract::refusal::Why;
use contract::setup_links::{Scope, SetupLink, SetupLinkState, SetupLinks, SetupOffer};
use contract::staff::{
    Entry, GroupChoice, Invite, InviteOffer, SessionRow, Staff, StaffByGroup, StaffDirectory, StaffGroup,
    StaffMember, StaffSource, StaffSources, Team,
};
use contract::{Answer, Micros, Refusal, Role, Viewer};

const DAY: Micros = 86_400_000_000;

#[async_trait::async_trait]
impl Onboarding for Fake {
    async fn erp(&self, _: &Viewer, organization: &str) -> Answer<Erp> {
        self.organization_of(organization)?;
        Ok(erp::erp(organization))
    }

    async fn recheck(&self, _: &Viewer, organization: &str) -> Answer<()> {
        self.organization_of(organization).map(|_| ())
    }

    async fn find_service_users(&self, _: &Viewer, _: &str, text: &str) -> Answer<Vec<Candidate>> {
        Ok(erp::candidates(text))
    }

    async fn choose_service_user(&self, _: &Viewer, _: &str, object_id: &str) -> Answer<()> {
        match object_id {
            "" => Err(Refusal::invalid("object_id", Why::NotOffered)),
            _ => Ok(()),
        }
    }

    async fn create_service_user(&self, _: &Viewer, _: &str, name: &str, user: &str) -> Answer<()> {
        named(name)?;
        match user {
            "svc-erp@contoso.com" => Err(Refusal::Conflict { why: Why::NameTaken }),
            _ => Ok(()),
        }
    }

    async fn reveal_password(&self, _: &Viewer, _: &str) -> Answer<Option<String>> {
        Ok(Some("Aa2-secret".to_owned()))
    }

    async fn assign_role(&self, _: &Viewer, organization: &str) -> Answer<()> {
        match erp::erp(organization).can.assign_role {
            Ok(()) => Ok(()),
            Err(_) => Err(Refusal::Conflict {
                why: Why::DirectoryRoleTooSmall,
            }),
        }
    }

    async fn undo(&self, _: &Viewer, _: &str, step: ErpStep) -> Answer<()> {
        match step {
            ErpStep::ServiceUser | ErpStep::AppRole => Ok(()),
            _ => Err(Refusal::Conflict {
                why: Why::NotMadeHere,
            }),
        }
    }
}

fn link(id: &str, scope: Scope) -> SetupLink {
    SetupLink {
        id: format!("lnk_{id}"),
        scope,
        created_by: "Olivia Owner".to_owned(),
        created_at: NOW - DAY,
        expires_at: NOW + 2 * DAY,
        opened_at: None,
        redeemed_at: None,
        revoked_at: None,
    }
}

fn links() -> Vec<SetupLink> {
    let both = Scope {
        erp: true,
        directory_sync: true,
        step: None,
    };
    let step = Scope {
        erp: true,
        directory_sync: false,
        step: Some(ErpStep::AppRole),
    };
    let opened = Some(NOW - DAY / 2);
    vec![
        link("fresh", both),
        SetupLink {
            opened_at: opened,
            ..link("opened", step)
        },
        SetupLink {
            opened_at: opened,
            redeemed_at: opened,
            ..link("used", both)
        },
        SetupLink {
            revoked_at: Some(NOW - DAY / 3),
            ..link("revoked", both)
        },
        SetupLink {
            expires_at: NOW - DAY / 4,
            ..link("expired", both)
        },
    ]
}

#[async_trait::async_trait]
impl SetupLinks for Fake {
    async fn setup_links(&self, _: &Viewer, organization: &str) -> Answer<Vec<SetupLink>> {
        self.organization_of(organization)?;
        Ok(if organization == "org_acme" {
            links()
        } else {
            Vec::new()
        })
    }

    async fn create_setup_link(&self, viewer: &Viewer, _: &str, scope: Scope, days: u32) -> Answer<String> {
        self.fresh(viewer)?;
        if !(1..=7).contains(&days) {
            return Err(Refusal::invalid("days", Why::NotOffered));
        }
        let opens = format!("{}-{}-{:?}", scope.erp, scope.directory_sync, scope.step);
        *held(&self.url) = Some(format!("https://rollcall.herosaas.example/setup/s3cret?{opens}"));
        Ok("lnk_new".to_owned())
    }

    async fn reveal_setup_link(&self, _: &Viewer, link: &str) -> Answer<Option<String>> {
        Ok(held(&self.url).take().filter(|_| link == "lnk_new"))
    }

    async fn revoke_setup_link(&self, _: &Viewer, _: &str, _: &str) -> Answer<()> {
        Ok(())
    }

    async fn setup_offer(&self, _: Option<&Viewer>, token: &str) -> Answer<SetupOffer> {
        let state = match token {
            "open" | "step" => SetupLinkState::Open,
            "expired" => SetupLinkState::Expired,
            "revoked" => SetupLinkState::Revoked,
            "elsewhere" => SetupLinkState::UsedElsewhere,
            _ => return Err(Refusal::NotFound),
        };
        Ok(SetupOffer {
            app: data::app().name,
            organization: "Contoso".to_owned(),
            scope: Scope {
                erp: true,
                directory_sync: token == "open",
                step: (token == "step").then_some(ErpStep::AdminConsent),
            },
            expires_at: NOW + 2 * DAY,
            state,
        })
    }
}

fn team() -> Team {
    let member = |id: &str, name: &str, role| StaffMember {
        person_id: format!("per_{id}"),
        name: name.to_owned(),
        address: format!("{id}@herosaas.example"),
        tenant_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        role,
        last_sign_in_at: (id != "nora").then_some(NOW - DAY),
    };
    Team {
        members: vec![
            member("nora", "Nora <b>Neu</b>", Role::Support),
            member("olivia", "Olivia Owner", Role::Owner),
        ],
        invites: vec![Invite {
            id: "inv_1".to_owned(),
            role: Role::Support,
            note: "Sam <script>alert(1)</script>".to_owned(),
            expires_at: NOW + 2 * DAY,
        }],
    }
}

fn sources() -> StaffSources {
    let directory = StaffDirectory {
        id: "dir_home".to_owned(),
        name: "Entra ID".to_owned(),
        organization: "org_home".to_owned(),
        organization_name: "Hero Industries".to_owned(),
        tenant_id: None,
    };
    let group = |id: &str, name: Option<&str>, role| StaffGroup {
        id: id.to_owned(),
        name: name.map(str::to_owned),
        role,
        members: 2,
    };
    let person = |id: &str, entry| StaffByGroup {
        user: format!("usr_{id}"),
        name: format!("{id} <b>By Group</b>"),
        user_name: format!("{id}@herosaas.example"),
        group: "Console owners".to_owned(),
        role: Role::Owner,
        entry,
    };
    StaffSources {
        choices: vec![directory.clone()],
        source: Some(StaffSource {
            directory,
            tenant_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            groups: vec![
                group("g-owners", Some("Console <i>owners</i>"), Role::Owner),
                group("g-gone", None, Role::Support),
            ],
            other_groups: vec![GroupChoice {
                id: "g-support".to_owned(),
                name: "Support <script>".to_owned(),
            }],
            people: vec![
                person("one", Entry::Since(NOW - DAY)),
                person("two", Entry::NotYet),
                person("three", Entry::Disabled),
                person("four", Entry::NoObjectId),
            ],
            total: 500,
            without_object_id: 1,
        }),
        own_tenant: Some("11111111-2222-3333-4444-555555555555".to_owned()),
    }
}

#[async_trait::async_trait]
impl Staff for Fake {
    async fn staff(&self, _: &Viewer, app: &str) -> Answer<Team> {
        if app == data::app().id {
            Ok(team())
        } else {
            Err(Refusal::NotFound)
        }
    }

    async fn invite(&self, viewer: &Viewer, _: &str, _: Role, note: &str) -> Answer<String> {
        self.fresh(viewer)?;
        named(note)?;
        *held(&self.url) = Some("https://rollcall.herosaas.example/join/s3cret".to_owned());
        Ok("inv_new".to_owned())
    }

    async fn reveal_invite(&self, _: &Viewer, invite: &str) -> Answer<Option<String>> {
        Ok(held(&self.url).take().filter(|_| invite == "inv_new"))
    }

    async fn revoke_invite(&self, _: &Viewer, _: &str, _: &str) -> Answer<()> {
        Ok(())
    }

    async fn remove(&self, _: &Viewer, _: &str, person: &str) -> Answer<()> {
        match person {
            "per_olivia" => Err(Refusal::Conflict { why: Why::LastOwner }),
            _ => Ok(()),
        }
    }

    async fn staff_sources(&self, _: &Viewer, _: &str) -> Answer<StaffSources> {
        Ok(sources())
    }

    async fn use_staff_directory(
        &self,
        viewer: &Viewer,
        _: &str,
        _: &str,
        tenant_id: &str,
        _: bool,
    ) -> Answer<()> {
        self.fresh(viewer)?;
        match tenant_id.len() {
            36 => Ok(()),
            _ => Err(Refusal::invalid("tenant_id", Why::NoTenantId)),
        }
    }

    async fn map_staff_group(
        &self,
        _: &Viewer,
        _: &str,
        group: &str,
        role: Option<Role>,
        confirmed: bool,
    ) -> Answer<()> {
        match (group, role, confirmed) {
            ("g-owners", None, false) => Err(Refusal::Conflict {
                why: Why::NoOwnerLeft,
            }),
            _ => Ok(()),
        }
    }

    async fn stop_staff_directory(&self, _: &Viewer, _: &str, confirmed: bool) -> Answer<()> {
        match confirmed {
            true => Ok(()),
            false => Err(Refusal::Conflict {
                why: Why::OwnRoleLost,
            }),
        }
    }

    async fn sessions(&self, viewer: &Viewer) -> Answer<Vec<SessionRow>> {
        let row = |id: &str, person: &str, role| SessionRow {
            id: id.to_owned(),
            person: person.to_owned(),
            role,
            created_at: NOW - DAY,
            seen_at: NOW - DAY / 24,
            current: id == viewer.session,
        };
        Ok(vec![
            row("ses_1", "Olivia Owner", Role::Owner),
            row("ses_2", "Contoso <i>IT</i>", Role::TenantAdmin),
        ])
    }

    async fn end_session(&self, _: &Viewer, _: &str) -> Answer<()> {
        Ok(())
    }

    async fn invite_offer(&self, token: &str) -> Answer<InviteOffer> {
        match token {
            "open" => Ok(InviteOffer {
                app: data::app().name,
                role: Role::Support,
                expires_at: NOW + DAY,
            }),
            _ => Err(Refusal::NotFound),
        }
    }
}
