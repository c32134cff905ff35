//! People of every kind, each with a cookie and as the portal knows them.

use contract::setup_links::Scope;
use contract::{Identity, Reach, Role as Asked, Setup, Viewer};
use server::clock::{Randomness, prefixed_id};
use server::secrets::{TokenKind, make, public_half};
use store::ids::{AppId, PersonId};
use store::sessions::{self, Role, Session};
use store::staff::{self, Person};
use store::{Operation, StoreError, Tx};

use super::{Running, cookie};

/// Somebody who is in.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) viewer: Viewer,
    /// `name=value`.
    pub(crate) cookie: String,
    /// Of the console's people.
    pub(crate) person: Option<Person>,
}

/// What each setup session is opened with.
pub(crate) const BOTH: Scope = Scope {
    erp: true,
    directory_sync: true,
    step: None,
};

struct Enter {
    person: Person,
    app: AppId,
    role: Role,
    session: Session,
}

impl Operation for Enter {
    type Output = Person;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Person, StoreError> {
        let person = staff::signed_in(tx, &self.person).await?;
        staff::add(tx, &self.app, &person.id, self.role, self.person.created_at).await?;
        let session = Session {
            person_id: Some(person.id.clone()),
            ..self.session.clone()
        };
        sessions::create(tx, &session).await?;
        Ok(person)
    }
}

impl Running {
    fn fresh(&self, prefix: &str) -> String {
        prefixed_id(prefix, &self.clock, &Randomness::System).unwrap()
    }

    /// The app of an organization.
    pub(crate) async fn app_of(&self, organization: &str) -> String {
        let owner = self.owner();
        let shown = self.state.portal.organization(&owner, organization);
        shown.await.unwrap().app.id
    }

    /// Somebody new with a role in an app, signed in just now.
    pub(crate) async fn staff(&self, app: &str, role: Role) -> Caller {
        self.staff_as(app, role, &self.fresh("object")).await
    }

    /// Somebody of this object id with a role in an app, signed in just now.
    pub(crate) async fn staff_as(&self, app: &str, role: Role, object_id: &str) -> Caller {
        let now = self.clock.now();
        let token = make(TokenKind::Session, &Randomness::System).unwrap();
        let person = Person {
            id: PersonId::new(self.fresh("per")),
            tenant_id: "11111111-1111-1111-1111-111111111111".to_owned(),
            object_id: object_id.to_owned(),
            name: "Robin".to_owned(),
            address: "robin@heroindustries.example".to_owned(),
            created_at: now,
            last_sign_in_at: now,
        };
        let session = Session {
            id_hash: token.digest,
            person: person.name.clone(),
            role,
            created_at: now,
            auth_at: now,
            seen_at: now,
            expires_at: now + 3_600_000_000,
            revoked_at: None,
            person_id: None,
            link_id: None,
        };
        let enter = Enter {
            person,
            app: AppId::new(app),
            role,
            session,
        };
        let person = self.state.store.write(enter).await.unwrap();
        let role = match role {
            Role::Owner => Asked::Owner,
            Role::Support | Role::TenantAdmin => Asked::Support,
        };
        Caller {
            viewer: Viewer {
                person: person.name.clone(),
                role,
                session: public_half(&token.digest),
                authenticated_at: now,
                reach: Reach::Apps(vec![(app.to_owned(), role)]),
                identity: Some(Identity {
                    tenant_id: person.tenant_id.clone(),
                    object_id: person.object_id.clone(),
                }),
            },
            cookie: format!("__Host-rollcall={}", token.reveal()),
            person: Some(person),
        }
    }

    /// A fresh setup link: its id and its address.
    pub(crate) async fn setup_link(&self, organization: &str, scope: Scope) -> (String, String) {
        let (portal, owner) = (&self.state.portal, self.owner());
        let id = portal
            .create_setup_link(&owner, organization, scope, 3)
            .await
            .unwrap();
        let url = portal.reveal_setup_link(&owner, &id).await.unwrap().unwrap();
        (id, url)
    }

    /// A tenant admin who came by a fresh setup link.
    pub(crate) async fn tenant_admin(&self, organization: &str, scope: Scope) -> Caller {
        let (link, url) = self.setup_link(organization, scope).await;
        let door = self.http.get(&url).send().await.unwrap();
        let token = url.rsplit('/').next().unwrap().to_owned();
        let begin = self.http.post(format!("{}/setup", self.url));
        let begin = begin
            .header("origin", &self.url)
            .header("cookie", cookie(&door).unwrap())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={token}"));
        let begun = begin.send().await.unwrap();
        assert_eq!(begun.headers()["location"], "/setup");
        let cookie = cookie(&begun).unwrap();
        let digest = server::secrets::sha256(cookie.split_once('=').unwrap().1.as_bytes());
        Caller {
            viewer: Viewer {
                person: "tenant admin".to_owned(),
                role: Asked::TenantAdmin,
                session: public_half(&digest),
                authenticated_at: self.clock.now(),
                reach: Reach::Setup(Setup {
                    organization: organization.to_owned(),
                    link,
                    erp: scope.erp,
                    directory_sync: scope.directory_sync,
                    step: scope.step,
                    framed: false,
                }),
                identity: None,
            },
            cookie,
            person: None,
        }
    }

    /// The status of an address for somebody with this cookie. What has no end is not read.
    pub(crate) async fn status(&self, cookie: &str, path: &str) -> u16 {
        let request = self.http.get(format!("{}{path}", self.url));
        let response = request.header("cookie", cookie).send().await.unwrap();
        response.status().as_u16()
    }
}
