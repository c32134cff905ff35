//! Staff: the team of an app, its invites, and everybody's sessions.

use std::cmp::Reverse;

use contract::refusal::Why;
use contract::staff::{Invite, InviteOffer, SessionRow, Staff, StaffMember, Team};
use contract::{Answer, Reach, Refusal, Role, Viewer};
use store::ids::{AppId, PersonId};
use store::invites::{self, Invite as InviteRow};
use store::sessions::{self, Session};
use store::staff::{self, Person};
use store::{Operation, StoreError, Tx, apps, organizations, setup_links};

use super::may::role_for;
use super::{House, checked_name};
use crate::reach::{highest, role as role_of};
use crate::secrets::{TokenDigest, TokenKind, make, public_half, recognise};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// How long an invite opens, as `rollcall staff invite` has it.
const DAYS: i64 = 3;

#[async_trait::async_trait]
impl Staff for House {
    async fn staff(&self, viewer: &Viewer, app: &str) -> Answer<Team> {
        let app = self.may_see_app(viewer, app).await?;
        let now = self.clock.now();
        let (members, invites) = self.read(GetTeam { app: app.id, now }).await?;
        Ok(Team {
            members: members.into_iter().map(member).collect(),
            invites: invites.into_iter().rev().map(invite).collect(),
        })
    }

    async fn invite(&self, viewer: &Viewer, app: &str, role: Role, note: &str) -> Answer<String> {
        let app = self.may_change_app(viewer, app).await?;
        self.proven_lately(viewer)?;
        let note = checked_name("note", note)?;
        let role = match role {
            Role::Owner => sessions::Role::Owner,
            Role::Support => sessions::Role::Support,
            Role::TenantAdmin => return Err(Refusal::invalid("role", Why::NotOffered)),
        };
        let token = make(TokenKind::Invite, &self.randomness).map_err(|error| self.fault(&error))?;
        let now = self.clock.now();
        let invite = InviteRow {
            id: self.fresh("inv")?,
            app: app.id,
            role,
            note,
            created_at: now,
            expires_at: now + DAYS * DAY,
            used_at: None,
        };
        let id = invite.id.clone();
        if !self.write(MakeInvite(token.digest, invite)).await? {
            return Err(Refusal::NotFound);
        }
        let url = format!("{}/join/{}", self.public_url, token.reveal());
        self.reveals.keep(&viewer.session, &id, "", &url, now);
        Ok(id)
    }

    async fn reveal_invite(&self, viewer: &Viewer, invite: &str) -> Answer<Option<String>> {
        if viewer.reach.setup().is_some() {
            return Err(Refusal::NotFound);
        }
        if !viewer.role.may_change() {
            return Ok(None);
        }
        Ok(self
            .reveals
            .take_address(&viewer.session, invite, self.clock.now()))
    }

    async fn revoke_invite(&self, viewer: &Viewer, app: &str, invite: &str) -> Answer<()> {
        let app = self.may_change_app(viewer, app).await?;
        let revoke = RevokeInvite(app.id, invite.to_owned());
        found(self.write(revoke).await?)
    }

    async fn remove(&self, viewer: &Viewer, app: &str, person: &str) -> Answer<()> {
        let app = self.may_change_app(viewer, app).await?;
        let remove = Remove {
            app: app.id,
            person: PersonId::new(person),
            at: self.clock.now(),
        };
        match self.write(remove).await? {
            Removed::Yes => Ok(()),
            Removed::Nobody => Err(Refusal::NotFound),
            Removed::LastOwner => Err(Refusal::Conflict { why: Why::LastOwner }),
        }
    }

    async fn sessions(&self, viewer: &Viewer) -> Answer<Vec<SessionRow>> {
        let mut all = self.read_heavy(self.visible(viewer)).await?;
        all.sort_by_key(|session| Reverse(session.created_at));
        let row = |session: Session| session_row(session, viewer);
        Ok(all.into_iter().map(row).collect())
    }

    async fn end_session(&self, viewer: &Viewer, session: &str) -> Answer<()> {
        let end = EndSession {
            visible: self.visible(viewer),
            session: session.to_owned(),
        };
        found(self.write(end).await?)
    }

    async fn invite_offer(&self, token: &str) -> Answer<InviteOffer> {
        let digest = recognise(TokenKind::Invite, token).ok_or(Refusal::NotFound)?;
        let (invite, app) = self.read(Offered(digest)).await?.ok_or(Refusal::NotFound)?;
        if invite.used_at.is_some() || invite.expires_at <= self.clock.now() {
            return Err(Refusal::NotFound);
        }
        Ok(InviteOffer {
            app,
            role: role_of(invite.role),
            expires_at: invite.expires_at,
        })
    }
}

impl House {
    fn visible(&self, viewer: &Viewer) -> Visible {
        Visible {
            viewer: viewer.clone(),
            now: self.clock.now(),
        }
    }
}

fn found(done: bool) -> Answer<()> {
    if done { Ok(()) } else { Err(Refusal::NotFound) }
}

fn member((person, role): (Person, sessions::Role)) -> StaffMember {
    StaffMember {
        person_id: person.id.into_string(),
        name: person.name,
        address: person.address,
        tenant_id: person.tenant_id,
        role: role_of(role),
        last_sign_in_at: (person.last_sign_in_at > 0).then_some(person.last_sign_in_at),
    }
}

fn invite(row: InviteRow) -> Invite {
    Invite {
        id: row.id,
        role: role_of(row.role),
        note: row.note,
        expires_at: row.expires_at,
    }
}

fn session_row(session: Session, viewer: &Viewer) -> SessionRow {
    let id = public_half(&session.id_hash);
    SessionRow {
        current: id == viewer.session,
        id,
        person: session.person,
        role: role_of(session.role),
        created_at: session.created_at,
        seen_at: session.seen_at,
    }
}

struct GetTeam {
    app: AppId,
    now: i64,
}

impl Operation for GetTeam {
    type Output = (Vec<(Person, sessions::Role)>, Vec<InviteRow>);
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let members = staff::list(tx, &self.app).await?;
        Ok((members, invites::list(tx, &self.app, self.now).await?))
    }
}

struct MakeInvite(TokenDigest, InviteRow);

impl Operation for MakeInvite {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if apps::get(tx, &self.1.app).await?.is_none() {
            return Ok(false);
        }
        invites::create(tx, &self.0, &self.1).await?;
        Ok(true)
    }
}

struct RevokeInvite(AppId, String);

impl Operation for RevokeInvite {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        invites::revoke(tx, &self.0, &self.1).await
    }
}

enum Removed {
    Yes,
    Nobody,
    LastOwner,
}

struct Remove {
    app: AppId,
    person: PersonId,
    at: i64,
}

impl Operation for Remove {
    type Output = Removed;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Removed, StoreError> {
        let team = staff::list(tx, &self.app).await?;
        let Some((_, role)) = team.iter().find(|(person, _)| person.id == self.person) else {
            return Ok(Removed::Nobody);
        };
        let owns = |role: sessions::Role| role == sessions::Role::Owner;
        let by_group = staff::groups(tx, &self.app)
            .await?
            .iter()
            .any(|group| owns(group.role));
        let others = team
            .iter()
            .any(|(person, role)| person.id != self.person && owns(*role));
        if owns(*role) && !others && !by_group {
            return Ok(Removed::LastOwner);
        }
        staff::remove(tx, &self.app, &self.person).await?;
        sessions::revoke_of_person(tx, &self.person, self.at).await?;
        Ok(Removed::Yes)
    }
}

/// The sessions that a viewer may see and end: their own, and as an owner those of their apps' people and of the setup
/// links to their apps' customers.
struct Visible {
    viewer: Viewer,
    now: i64,
}

impl Operation for Visible {
    type Output = Vec<Session>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Session>, StoreError> {
        let mut seen = Vec::new();
        for mut session in sessions::list(tx, self.now).await? {
            let apps = apps_of(tx, &mut session).await?;
            if self.is_mine(&session) || self.owns(&apps) {
                seen.push(session);
            }
        }
        Ok(seen)
    }
}

impl Visible {
    fn is_mine(&self, session: &Session) -> bool {
        public_half(&session.id_hash) == self.viewer.session
    }

    fn owns(&self, apps: &[AppId]) -> bool {
        let owner = |app: &AppId| role_for(&self.viewer, app.as_str()) == Some(Role::Owner);
        match self.viewer.reach {
            Reach::Everything => self.viewer.role == Role::Owner,
            Reach::Apps(_) | Reach::Setup(_) => apps.iter().any(owner),
        }
    }
}

/// The apps that a session is about: those its person has a role in, or the one its link leads to. Sets the role its person
/// has by now.
async fn apps_of<T: Tx>(tx: &mut T, session: &mut Session) -> Result<Vec<AppId>, StoreError> {
    if let Some(link) = &session.link_id {
        let Some(link) = setup_links::get(tx, link).await? else {
            return Ok(Vec::new());
        };
        let organization = organizations::get(tx, &link.organization).await?;
        return Ok(organization.map(|row| row.app_id).into_iter().collect());
    }
    let Some(person) = &session.person_id else {
        return Ok(Vec::new());
    };
    let roles = staff::roles(tx, person).await?;
    session.role = highest(&roles).unwrap_or(session.role);
    Ok(roles.into_iter().map(|role| role.app).collect())
}

struct EndSession {
    visible: Visible,
    session: String,
}

impl Operation for EndSession {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let all = self.visible.run(tx).await?;
        let Some(session) = all.iter().find(|one| public_half(&one.id_hash) == self.session) else {
            return Ok(false);
        };
        sessions::revoke(tx, &session.id_hash, self.visible.now).await
    }
}

struct Offered(TokenDigest);

impl Operation for Offered {
    type Output = Option<(InviteRow, String)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let Some(invite) = invites::find(tx, &self.0).await? else {
            return Ok(None);
        };
        let app = apps::get(tx, &invite.app).await?;
        Ok(app.map(|app| (invite, app.name)))
    }
}
