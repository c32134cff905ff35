//! `rollcall serve`: puts the rooms together, from settings to a server that runs and ends in order.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use axum::Router;
use secrecy::ExposeSecret;
use store::{Store, StoreError};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
    time::timeout,
};
use tower_http::csrf;

use crate::{
    api,
    checklists::{self, Checklists},
    clock::{Clock, NoRandomness, Randomness},
    config::{Config, Database},
    keys::{self, KeyError},
    lifecycle::Lifecycle,
    log::Log,
    looks,
    metrics::Metrics,
    middleware::{Edge, guarded},
    pages, portal, probes, scim,
    serving::{self, Drain},
    signin::{
        self, bootstrap,
        delegated::DelegatedTokens,
        microsoft::{Microsoft, MicrosoftError},
    },
    site::Site,
    state::{AppState, Parts},
    tasks::{purge, record::Recorder},
};

const NO_SITE: &str = "this binary was built without its site, so it has no pages to serve. Build it so: \
    cargo bundle --release && cargo build --release --bin rollcall (or simply: make run)";

/// How long the recorder may take to write what is left.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("cannot make the data folder {}: {cause}", path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// There is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be opened or brought up to date.
    #[error("cannot open the database: {0}")]
    Store(#[from] StoreError),
    /// `public_url` is no origin that a browser sends.
    #[error("`public_url` cannot be used: {0}")]
    PublicUrl(csrf::ConfigError),
    /// Microsoft cannot be spoken to.
    #[error(transparent)]
    Microsoft(#[from] MicrosoftError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// What enters from outside.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The dice.
    pub randomness: Randomness,
    /// Where lines go.
    pub log: Log,
    /// The files of the site.
    pub site: Site,
}

/// A server that is ready to accept connections.
#[derive(Debug)]
pub struct House {
    /// What handlers share.
    pub state: AppState,
    edge: Edge,
    recording: JoinHandle<()>,
}

impl House {
    /// Makes data folder and key at the first start, opens the database and brings its schema up to date, and puts the
    /// router together.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(outside: Outside) -> Result<Self, StartError> {
        let Outside {
            config,
            clock,
            randomness,
            log,
            site,
        } = outside;
        let store = open_store(&config).await?;
        let key = Arc::new(keys::load_or_make(&config.key_file, &randomness)?);
        let microsoft = Microsoft::new(&config, &clock, &randomness)?;
        let delegated = DelegatedTokens::default();
        let lifecycle = Lifecycle::default();
        let metrics = Metrics::new();
        let (recorder, recording) = Recorder::start(store.clone(), clock.clone(), &lifecycle);
        let callers = api::Callers::default();
        let checklists = Checklists::new(checklists::Parts {
            store: store.clone(),
            clock: clock.clone(),
            randomness: randomness.clone(),
            recorder: recorder.clone(),
            microsoft: microsoft.clone(),
            delegated: delegated.clone(),
            callers: callers.clone(),
            key: Arc::clone(&key),
        });
        let answers = portal::House::new(
            store.clone(),
            clock.clone(),
            randomness.clone(),
            recorder.clone(),
            &config.public_url,
            config.settings.session.reauth_minutes,
            checklists.clone(),
        );
        let state = AppState::new(Parts {
            config: Arc::new(config),
            clock,
            randomness,
            store,
            key,
            metrics,
            lifecycle,
            recorder,
            microsoft,
            delegated,
            checklists,
            callers,
            portal: Arc::new(answers),
        });
        let edge = Edge::new(router(&state, &site)?, &state, log)?;
        Ok(Self {
            state,
            edge,
            recording,
        })
    }

    /// Serves until `stop` resolves and what was under way is done.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> Drain {
        let state = self.state;
        tokio::spawn(purge::run(state.store.clone(), state.lifecycle.clone()));
        tokio::spawn(signin::prune::run(
            state.store.clone(),
            state.clock.clone(),
            state.lifecycle.clone(),
        ));
        tokio::spawn(checklists::run(state.checklists.clone(), state.lifecycle.clone()));
        tokio::spawn(probes::upkeep(state.metrics.clone(), state.lifecycle.clone()));
        let drain = serving::serve(
            listener,
            self.edge,
            &state.config.settings,
            &state.lifecycle,
            stop,
        )
        .await;
        // What was told to the recorder is written before the process ends (threats T86).
        match timeout(LAST_WORDS, self.recording).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the recorder ended early"),
            Err(_) => tracing::error!("what was read and refused of late could not be recorded in time"),
        }
        drain
    }
}

/// `rollcall serve`: until the process is told to end.
///
/// # Errors
/// When it cannot start, with the reason in plain words.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let log = Log::to_stderr(&config.settings.log);
    log.install(&config.settings.log.level)?;
    let site = Site::find().context(NO_SITE)?;
    let outside = Outside {
        config,
        clock: Clock::System,
        randomness: Randomness::System,
        log: log.clone(),
        site,
    };
    let outcome = open_and_serve(outside).await;
    if let Err(error) = &outcome {
        tracing::error!("{error:#}");
    }
    log.flush();
    outcome
}

async fn open_and_serve(outside: Outside) -> anyhow::Result<()> {
    let listen = outside.config.listen;
    let house = House::open(outside).await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let config = Arc::clone(&house.state.config);
    greet(&house.state).await?;
    if !config.ignored.is_empty() {
        tracing::warn!(variables = ?config.ignored, "these variables are no settings and are ignored");
    }
    tracing::info!(%address, public_url = config.public_url, key = house.state.key.id(), "listening");
    let drain = house.serve(listener, told_to_end()?).await;
    match drain {
        Drain::Complete => tracing::info!("every request was answered; the end"),
        Drain::CutOff(connections) => {
            tracing::warn!(connections, "the time was up: connections were cut off")
        }
    }
    Ok(())
}

/// At the very first start: the way in, on standard output. The log never holds it (threats T73).
async fn greet(state: &AppState) -> anyhow::Result<()> {
    use std::io::Write;
    let link = bootstrap::first_link(&state.store, &state.clock, &state.randomness, &state.config).await?;
    if let Some(link) = link {
        let minutes = state.config.settings.bootstrap.link_minutes;
        let text = format!(
            "First start. Open the console with this link; it works once, within {minutes} minutes:\n\n    {link}\n\n\
             For another one: rollcall bootstrap-link\n"
        );
        // Without a reader there is `rollcall bootstrap-link`.
        let _ = writeln!(io::stdout(), "{text}");
    }
    Ok(())
}

/// Resolves at the first SIGTERM or Ctrl-C. A second one ends the process at once.
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! { _ = terminate.recv() => "SIGTERM", _ = interrupt.recv() => "SIGINT" };
        tracing::info!(signal = name, "told to end: finishing what is under way");
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
            std::process::exit(130);
        });
    })
}

/// Bytes a process without privileges can still write in the file system of `folder`, or of the nearest folder above it
/// that is there; `None` when it cannot be looked at.
pub fn free_space(folder: &Path) -> Option<u64> {
    let folder = std::path::absolute(folder).ok()?;
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let stat = rustix::fs::statvfs(there).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

/// Opens the database, in a data folder that is made if need be, and brings its schema up to date.
///
/// # Errors
/// When folder or database cannot be used.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    let url = match &config.database {
        Database::Sqlite(path) => {
            make_folder(path.parent().unwrap_or(Path::new(".")))?;
            format!("sqlite:{}", path.display())
        }
        Database::Postgres(url) => url.expose_secret().to_owned(),
    };
    make_folder(&config.data_dir)?;
    let store = Store::open(&url).await?;
    store.migrate().await?;
    Ok(store)
}

/// Only the owner may look into it.
fn make_folder(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path);
    made.map_err(|cause| StartError::DataDir {
        path: path.into(),
        cause,
    })
}

/// Every route. SCIM brings its own guard (`scim::caller`), the console its own (`signin::find_viewer`, and the
/// portal's traits, which authorise); probes and files of the site are open.
fn router(state: &AppState, site: &Site) -> Result<Router, StartError> {
    let config = &state.config;
    let face = scim::Face::new(
        state.store.clone(),
        state.clock.clone(),
        state.randomness.clone(),
        state.recorder.clone(),
        &config.public_url,
        config.settings.scim,
    );
    let router = pages::routes(state, site)
        .merge(probes::routes(state))
        .merge(signin::routes(state))
        .merge(looks::routes(state))
        .merge(site.routes())
        .nest("/scim", scim::routes(&face))
        .nest("/api", api::routes(state));
    guarded(router, &config.public_url).map_err(StartError::PublicUrl)
}
