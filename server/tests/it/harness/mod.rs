//! A running server in one line.
//!
//! ```ignore
//! let server = Running::start().await;                                // SQLite
//! let server = Running::on(Backend::Postgres, &[("ROLLCALL_SCIM_BURST", "5")]).await;
//! let directory = server.directory().await;                           // with its bearer token
//! server.http.get(directory.at("/Users")).bearer_auth(&directory.bearer_token).send().await
//! ```

pub(crate) mod callers;
pub(crate) mod dice;
pub(crate) mod entra;
pub(crate) mod erp;
pub(crate) mod look;
pub(crate) mod process;
pub(crate) mod raw;
pub(crate) mod scim;

use contract::{Portal, Reach, Role, Viewer, directories::Provider};
use reqwest::{Client, Response, redirect};
use server::{
    clock::{Clock, Randomness},
    config::Config,
    log::Log,
    serve::{House, Outside},
    serving::Drain,
    signin::bootstrap,
    site::Site,
    state::AppState,
};
use std::net::SocketAddr;
use store::testing::TestStore;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Which database a server runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A running server. Its database goes when it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    /// `http://127.0.0.1:PORT`, also its public URL.
    pub(crate) url: String,
    pub(crate) state: AppState,
    /// Stands at noon of 2026-11-20 until it is moved.
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    /// Follows no redirects.
    pub(crate) http: Client,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<Drain>>,
    /// For its address, and to make it trouble.
    pub(crate) database: TestStore,
    _data: TempDir,
}

/// A directory of a new organization, with its only token.
pub(crate) struct Directory {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) endpoint_url: String,
    pub(crate) bearer_token: String,
}

impl Directory {
    /// An address below its endpoint URL.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}{rest}", self.endpoint_url)
    }
}

impl Running {
    /// On SQLite with the default settings.
    pub(crate) async fn start() -> Self {
        Self::on(Backend::Sqlite, &[]).await
    }

    /// With settings, as environment variables.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Backend::Sqlite, settings).await
    }

    pub(crate) async fn on(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let database = match backend {
            Backend::Sqlite => TestStore::sqlite().await,
            Backend::Postgres => TestStore::postgres().await,
        };
        let data = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut environment = vec![
            ("ROLLCALL_LISTEN".to_owned(), address.to_string()),
            ("ROLLCALL_DATA_DIR".to_owned(), data.path().display().to_string()),
            ("ROLLCALL_DATABASE_URL".to_owned(), database.url().to_owned()),
        ];
        environment.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let config = Config::from_sources(None, &environment).unwrap();
        let clock = Clock::manual("2026-11-20T12:00:00Z".parse().unwrap());
        let log = Log::to_memory(&config.settings.log);
        let outside = Outside {
            config,
            clock: clock.clone(),
            randomness: Randomness::System,
            log: log.clone(),
            site: Site::find().unwrap_or_default(),
        };
        let house = House::open(outside).await.unwrap();
        let (stop, told) = oneshot::channel();
        Self {
            address,
            url: format!("http://{address}"),
            state: house.state.clone(),
            clock,
            log,
            http: Client::builder()
                .redirect(redirect::Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            stop: Some(stop),
            served: Some(tokio::spawn(house.serve(listener, async move {
                let _ = told.await;
            }))),
            database,
            _data: data,
        }
    }

    /// A directory of Entra ID in a new organization of a new app.
    pub(crate) async fn directory(&self) -> Directory {
        self.directory_in(&self.organization().await).await
    }

    /// A further directory of an organization.
    pub(crate) async fn directory_in(&self, organization: &str) -> Directory {
        let owner = self.owner();
        let portal = &self.state.portal;
        let id = portal
            .configure(&owner, organization, Provider::EntraId)
            .await
            .unwrap();
        let shown = portal.reveal(&owner, &id).await.unwrap().unwrap();
        Directory {
            endpoint_url: format!("{}/scim/v2/{id}", self.url),
            id,
            organization: organization.to_owned(),
            bearer_token: shown.bearer_token,
        }
    }

    /// A new organization of a new app.
    pub(crate) async fn organization(&self) -> String {
        use server::{clock::prefixed_id, directory::organizations::CreateApp};
        let fresh = |prefix| prefixed_id(prefix, &self.clock, &Randomness::System).unwrap();
        let app = fresh("app");
        let row = store::apps::App::named(app.as_str().into(), &app, self.clock.now());
        self.state.store.write(CreateApp(row)).await.unwrap();
        let portal: &dyn Portal = &*self.state.portal;
        portal
            .create_organization(&self.owner(), &app, &fresh("Contoso"))
            .await
            .unwrap()
            .id
    }

    /// The owner, as the portal knows them, signed in just now.
    pub(crate) fn owner(&self) -> Viewer {
        Viewer {
            person: "owner".to_owned(),
            role: Role::Owner,
            session: "harness".to_owned(),
            authenticated_at: self.clock.now(),
            reach: Reach::Everything,
            identity: None,
        }
    }

    /// A fresh one-time link.
    pub(crate) async fn link(&self) -> String {
        let state = &self.state;
        bootstrap::make_link(&state.store, &self.clock, &Randomness::System, &state.config)
            .await
            .unwrap()
    }

    /// Enters by a fresh link; answers the cookie as `name=value`.
    pub(crate) async fn sign_in(&self) -> String {
        let response = self.http.get(self.link().await).send().await.unwrap();
        cookie(&response).unwrap()
    }

    /// GET without credentials.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    /// Tells it to end; answers a handle to wait for that end.
    pub(crate) fn tell_to_end(&mut self) -> JoinHandle<Drain> {
        self.stop.take().unwrap().send(()).unwrap();
        self.served.take().unwrap()
    }
}

/// The cookie an answer sets, as `name=value`.
pub(crate) fn cookie(response: &Response) -> Option<String> {
    let set = response.headers().get("set-cookie")?.to_str().unwrap();
    set.split(';').next().map(str::to_owned)
}
