//! The ERP checklist of each made-up organization: between them, every state of every step.

use super::data::NOW;
use contract::Micros;
use contract::onboarding::erp::{
    Admin, Consent, ConsentRefusal, ErpApp, ErpFacts, Permission, PermissionKind, RoleFact, ServiceUser,
    Tenant, TestFact, TestOutcome,
};
use contract::onboarding::roles::{
    APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, may_assign_roles, may_consent, may_create_users,
};
use contract::onboarding::{Can, Candidate, Erp, ErpStep, MissingRole, Redirects, Script, erp_checklist};

const MINUTE: Micros = 60_000_000;
const ROLE: &str = "Truvio.SubscriptionService";
const TENANT: &str = "8d3c1f0a-52b7-4c7e-9a54-6e2f1b0c9d11";

fn user() -> ServiceUser {
    ServiceUser {
        object_id: "3b1d7c52-0f4e-4a8d-8c21-5e9f7a6b4d03".to_owned(),
        name: "ERP <i>Dienst</i>".to_owned(),
        address: "svc-erp@contoso.com".to_owned(),
        exists: true,
        enabled: true,
        guest: false,
        is_admin: false,
        made_by_us: true,
        at: NOW - 4 * MINUTE,
    }
}

fn permission(name: &str, granted: bool) -> Permission {
    Permission {
        name: name.to_owned(),
        kind: if name.ends_with(".All") {
            PermissionKind::Application
        } else {
            PermissionKind::Delegated
        },
        granted,
    }
}

fn consent() -> Consent {
    Consent {
        claimed_at: Some(NOW - 3 * MINUTE),
        proven_at: Some(NOW - 3 * MINUTE),
        principal_id: Some("5f0c2a77-1f6b-4f0d-93c5-7a3f2f0a1b22".to_owned()),
        permissions: vec![permission("openid", true), permission("User.Read", true)],
        refused: None,
        at: NOW - MINUTE,
    }
}

fn role() -> RoleFact {
    RoleFact {
        assigned: true,
        requested_at: None,
        elsewhere: Vec::new(),
        made_by_us: true,
        at: NOW - 2 * MINUTE,
    }
}

fn admin(role: &str) -> Admin {
    Admin {
        name: "Megan Bowen".to_owned(),
        address: "megan.bowen@contoso.com".to_owned(),
        object_id: "0d9e5f1c-6a7b-4c3d-8e2f-1a0b9c8d7e6f".to_owned(),
        tenant_id: TENANT.to_owned(),
        roles: vec![role.to_owned()],
        at: NOW - 5 * MINUTE,
    }
}

fn tested(outcome: TestOutcome) -> Option<TestFact> {
    Some(TestFact {
        outcome,
        at: NOW - MINUTE,
    })
}

fn passed() -> TestOutcome {
    TestOutcome::Passed {
        tenant_id: TENANT.to_owned(),
        object_id: user().object_id,
        address: user().address,
        roles: vec![ROLE.to_owned()],
    }
}

fn finished() -> ErpFacts {
    ErpFacts {
        now: NOW,
        app: Some(ErpApp {
            client_id: "c1a9f7e4-33f0-4b52-a9f1-0c8d1e2b3a44".to_owned(),
            role: ROLE.to_owned(),
        }),
        admin: Some(admin(GLOBAL_ADMINISTRATOR)),
        tenant: Some(Tenant {
            id: TENANT.to_owned(),
            name: "Contoso".to_owned(),
            at: NOW - 5 * MINUTE,
        }),
        service_user: Some(user()),
        consent: Some(consent()),
        role: Some(role()),
        test: tested(passed()),
    }
}

fn begun() -> ErpFacts {
    ErpFacts {
        admin: Some(admin(APPLICATION_ADMINISTRATOR)),
        service_user: None,
        consent: None,
        role: None,
        test: None,
        ..finished()
    }
}

/// Consent waits, the role sits on somebody else, and so the test was denied.
fn denied() -> ErpFacts {
    ErpFacts {
        service_user: Some(ServiceUser {
            is_admin: true,
            made_by_us: false,
            ..user()
        }),
        consent: Some(Consent {
            proven_at: None,
            ..consent()
        }),
        role: Some(RoleFact {
            assigned: false,
            elsewhere: vec!["Adele <b>Vance</b>".to_owned()],
            made_by_us: false,
            ..role()
        }),
        test: tested(TestOutcome::AccessDenied { code: Some(50105) }),
        ..finished()
    }
}

/// A guest was chosen, consent was refused, and somebody else signed in.
fn refused() -> ErpFacts {
    ErpFacts {
        admin: None,
        service_user: Some(ServiceUser {
            guest: true,
            ..user()
        }),
        consent: Some(Consent {
            proven_at: None,
            refused: Some(ConsentRefusal::NeedsAdmin),
            ..consent()
        }),
        role: None,
        test: tested(TestOutcome::WrongAccount {
            address: "<img src=x>@contoso.com".to_owned(),
        }),
        ..finished()
    }
}

/// A permission lacks, the role is asked for, and Microsoft says something of its own.
fn partial() -> ErpFacts {
    ErpFacts {
        service_user: Some(ServiceUser {
            enabled: false,
            ..user()
        }),
        consent: Some(Consent {
            permissions: vec![
                permission("User.Read", true),
                permission("Device.Read.All", false),
            ],
            ..consent()
        }),
        role: Some(RoleFact {
            assigned: false,
            requested_at: Some(NOW - MINUTE),
            ..role()
        }),
        test: tested(TestOutcome::Other {
            code: Some(53003),
            description: "AADSTS53003: Access has been blocked by Conditional Access policies. <b>"
                .to_owned(),
        }),
        ..finished()
    }
}

/// The admin came from elsewhere, and what was done does not show.
fn invisible() -> ErpFacts {
    let mut facts = ErpFacts {
        consent: Some(Consent {
            claimed_at: Some(NOW - 60 * MINUTE),
            proven_at: None,
            ..consent()
        }),
        role: Some(RoleFact {
            assigned: false,
            requested_at: Some(NOW - 60 * MINUTE),
            ..role()
        }),
        service_user: Some(ServiceUser {
            exists: false,
            ..user()
        }),
        test: tested(TestOutcome::ConsentRequired { code: 65001 }),
        ..finished()
    };
    if let Some(tenant) = &mut facts.tenant {
        tenant.id = "another".to_owned();
    }
    facts
}

pub(crate) fn erp(organization: &str) -> Erp {
    let facts = match organization {
        "org_acme" => finished(),
        "org_contoso" => begun(),
        "org_fabrikam" => denied(),
        "org_litware" => refused(),
        "org_tailspin" => partial(),
        "org_wingtip" => invisible(),
        _ => ErpFacts::default(),
    };
    let may = |rule: fn(&[String]) -> Result<(), MissingRole>| match &facts.admin {
        Some(admin) => rule(&admin.roles),
        None => Err(MissingRole::NotSignedIn),
    };
    Erp {
        items: erp_checklist(&facts),
        can: Can {
            create_user: may(may_create_users),
            consent: may(may_consent),
            assign_role: may(may_assign_roles),
        },
        script: vec![Script {
            step: ErpStep::AppRole,
            title: "Azure CLI".to_owned(),
            text: "az rest --method post --url '…/appRoleAssignedTo' --body '{\"principalId\":\"…\"}'"
                .to_owned(),
        }],
        redirects: Redirects {
            sign_in: "https://rollcall.herosaas.example/sign-in/callback".to_owned(),
            consent: "https://rollcall.herosaas.example/consent/callback".to_owned(),
            test: "https://rollcall.herosaas.example/test-sign-in/callback".to_owned(),
        },
        facts,
    }
}

pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let made = |name: &str, address: &str, enabled, guest| Candidate {
        object_id: format!("oid-{address}"),
        name: name.to_owned(),
        address: format!("{address}@contoso.com"),
        enabled,
        guest,
    };
    let mut all = vec![
        made("ERP Dienst", "svc-erp", true, false),
        made("<img src=x onerror=alert(1)>", "svc-hostile", true, false),
        made("Adele Vance", "svc-guest", true, true),
        made("Alex Wilber", "svc-disabled", false, false),
    ];
    all.retain(|one| one.address.starts_with(text));
    all
}
