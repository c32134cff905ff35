//! Who reaches what: every question of the contract and every address, asked by everybody (threats T63, T71; R21).
//!
//! A method or an address without an entry fails the tests.

mod addresses;
mod functions;
mod methods;
mod views;

use contract::Role as Asked;
use contract::setup_links::Scope;
use store::sessions::Role;

use crate::harness::callers::{BOTH, Caller};
use crate::harness::scim::Scim;
use crate::harness::{Backend, Directory, Running};

/// An organization with one of everything.
struct Ground {
    server: Running,
    directory: Directory,
    app: String,
    user: String,
    group: String,
    entry: String,
    link: (String, String),
    invite: String,
    callers: Vec<Caller>,
}

impl Ground {
    async fn on(backend: Backend) -> Self {
        let server = Running::on(backend, &[]).await;
        let directory = server.directory().await;
        let scim = Scim::of(&server, &directory);
        let user = scim.user("ada@contoso.com").await;
        let group = scim.group("Engineering", &[&user]).await;
        let entry = server.activity(&directory).await.first().unwrap().seq.to_string();
        let organization = directory.organization.clone();
        let app = server.app_of(&organization).await;
        let elsewhere = server.organization().await;
        let other = server.app_of(&elsewhere).await;
        let sync = Scope { erp: false, ..BOTH };
        let erp = Scope {
            directory_sync: false,
            ..BOTH
        };
        let callers = vec![
            server.staff(&app, Role::Owner).await,
            server.staff(&other, Role::Owner).await,
            server.staff(&app, Role::Support).await,
            server.tenant_admin(&organization, BOTH).await,
            server.tenant_admin(&organization, sync).await,
            server.tenant_admin(&organization, erp).await,
            server.tenant_admin(&elsewhere, BOTH).await,
        ];
        let link = server.setup_link(&organization, sync).await;
        let (portal, owner) = (&server.state.portal, server.owner());
        let id = portal.invite(&owner, &app, Asked::Support, "Sam").await.unwrap();
        let url = portal.reveal_invite(&owner, &id).await.unwrap().unwrap();
        let invite = url.rsplit('/').next().unwrap().to_owned();
        Self {
            server,
            directory,
            app,
            user,
            group,
            entry,
            link,
            invite,
            callers,
        }
    }

    fn token(&self) -> &str {
        self.link.1.rsplit('/').next().unwrap()
    }
}
