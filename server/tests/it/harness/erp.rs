//! Truvio, an app whose customers connect their ERP, and somebody who goes through its checklist.

use contract::onboarding::{Erp, ErpState, ErpStep};
use contract::{Portal, Viewer};
use emulator::cloud::TRUVIO;
use emulator::tenant::TENANT_ID;
use server::checklists::CLIENT_SECRET;
use server::clock::{Randomness, prefixed_id};
use server::directory::organizations::CreateApp;
use store::ids::AppId;
use store::{Operation, StoreError, Tx, apps};
use uuid::Uuid;

use super::Backend;
use super::entra::{Browser, Signing};

pub(crate) const ROLE: &str = "Truvio.SubscriptionService";

/// Truvio with one organization, at a server whose Microsoft is the emulator.
pub(crate) struct Truvio {
    pub(crate) at: Signing,
    pub(crate) app: AppId,
    pub(crate) organization: String,
    pub(crate) secret: String,
}

struct Sealed(AppId, Vec<u8>);

impl Operation for Sealed {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        apps::set_sealed_secret(tx, &self.0, &self.1).await
    }
}

impl Truvio {
    pub(crate) async fn start() -> Self {
        Self::on(Backend::Sqlite).await
    }

    pub(crate) async fn on(backend: Backend) -> Self {
        let at = Signing::on(backend, &[]).await;
        let secret = at.entra.cloud().view().application(TRUVIO).unwrap().secrets[0]
            .value
            .clone();
        let clock = &at.server.clock;
        let app = AppId::new(prefixed_id("app", clock, &Randomness::System).unwrap());
        let row = apps::App {
            client_id: Some(TRUVIO.to_string()),
            app_role: Some(ROLE.to_owned()),
            ..apps::App::named(app.clone(), "Truvio", clock.now())
        };
        let state = &at.server.state;
        state.store.write(CreateApp(row)).await.unwrap();
        let place = CLIENT_SECRET.at(app.as_str());
        let sealed = state.key.seal(place, &secret.clone().into(), &Randomness::System);
        let sealed = sealed.unwrap();
        let mut truvio = Self {
            at,
            app,
            organization: String::new(),
            secret,
        };
        truvio.seal(sealed).await;
        truvio.organization = truvio.customer("Contoso").await;
        truvio
    }

    /// Keeps what is called the app's sealed secret.
    pub(crate) async fn seal(&self, sealed: Vec<u8>) {
        let sealed = Sealed(self.app.clone(), sealed);
        assert!(self.at.server.state.store.write(sealed).await.unwrap());
    }

    /// A further organization of the app.
    pub(crate) async fn customer(&self, name: &str) -> String {
        let owner = self.at.server.owner();
        let made = self.portal().create_organization(&owner, self.app.as_str(), name);
        made.await.unwrap().id
    }

    pub(crate) fn portal(&self) -> &dyn Portal {
        &*self.at.server.state.portal
    }

    /// A browser signed in to the console.
    pub(crate) async fn browser(&self) -> Browser {
        let mut browser = self.at.browser();
        browser.enter(&self.at.server.link().await).await;
        browser
    }

    /// Whoever sits at a browser, as the portal knows them.
    pub(crate) fn viewer(&self, browser: &Browser) -> Viewer {
        Viewer {
            session: browser.session(),
            ..self.at.server.owner()
        }
    }

    /// The form fields of an errand at Microsoft.
    pub(crate) fn errand(&self) -> [(&str, &str); 2] {
        [
            ("organization", self.organization.as_str()),
            ("return_to", "/organizations"),
        ]
    }

    /// Goes to Microsoft as this account, accepts, and comes back; answers where one ends up.
    pub(crate) async fn run(&self, browser: &mut Browser, errand: &str, upn: &str) -> String {
        let to = browser.send_form(errand, &self.errand()).await;
        let back = match browser.go_on(to, upn).await {
            Ok(back) => back,
            Err(page) => browser.give_up(&page).await,
        };
        browser.come_back(back).await
    }

    /// A tenant's admin signs in at Microsoft.
    pub(crate) async fn admin(&self, browser: &mut Browser, upn: &str) -> String {
        browser.leave_microsoft();
        self.run(browser, "/admin/sign-in", upn).await
    }

    /// The checklist, read anew.
    pub(crate) async fn look(&self, viewer: &Viewer) -> Erp {
        self.at.server.clock.advance(4);
        self.portal().recheck(viewer, &self.organization).await.unwrap();
        self.portal().erp(viewer, &self.organization).await.unwrap()
    }

    pub(crate) fn person(&self, upn: &str) -> Uuid {
        self.at.entra.cloud().account(TENANT_ID, upn).unwrap().id.0
    }

    /// Truvio's service principal in Contoso, if it is there.
    pub(crate) fn principal(&self) -> Option<Uuid> {
        let view = self.at.entra.cloud().view();
        view.principal_of(TENANT_ID, TRUVIO).map(|found| found.id)
    }

    pub(crate) fn role(&self) -> Uuid {
        let view = self.at.entra.cloud().view();
        view.application(TRUVIO).unwrap().role_named(ROLE).unwrap().id
    }

    /// Assigns the role in Entra, by hand.
    pub(crate) fn assign(&self, upn: &str) -> String {
        let cloud = self.at.entra.cloud();
        let principal = self.principal().unwrap();
        let assigned = cloud.assign_app_role(TENANT_ID, self.person(upn), principal, self.role());
        assigned.unwrap().id
    }
}

/// Where a step stands.
pub(crate) fn state(erp: &Erp, step: ErpStep) -> &ErpState {
    &erp.items.iter().find(|item| item.step == step).unwrap().state
}

/// Whether these steps are done.
pub(crate) fn done(erp: &Erp, steps: &[ErpStep]) -> bool {
    steps
        .iter()
        .all(|step| matches!(state(erp, *step), ErpState::Done { .. }))
}
