//! Databases with directories in them, filled through the store's own operations, many in one transaction.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use scim::resource::{parse_group, parse_user};
use server::{
    clock::Clock,
    directory::{
        Refused,
        groups::{CreateGroup, GroupEdit, SaveGroup},
        trace::Context,
        users::CreateUser,
    },
};
use store::{
    Operation, Store, Tx,
    activity::Origin,
    ids::{AppId, DirectoryId, EventId, GroupId, OrganizationId, UserId},
    testing::{Script, new_database, postgres::Private},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    people,
    samples::Samples,
    served::{Served, rollcall, told},
};

/// Users or members made in one transaction.
const AT_ONCE: u32 = 500;
/// Transactions under way at once.
const UNDER_WAY: usize = 8;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Where databases are made; for PostgreSQL a server of our own, as durable as one in production.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) runtime: Runtime,
    postgres: Option<Private>,
}

impl Server {
    pub(crate) fn start(kind: Kind) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self {
            kind,
            runtime,
            postgres: (kind == Kind::Postgres).then(Private::durable),
        })
    }

    /// A folder on the disk the build is on: in memory a commit would cost nothing.
    fn folder() -> anyhow::Result<TempDir> {
        Ok(tempfile::Builder::new()
            .prefix("bench")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
    }

    fn database(&self, folder: &Path) -> String {
        match &self.postgres {
            None => format!("sqlite:{}", folder.join("rollcall.db").display()),
            Some(server) => self.runtime.block_on(new_database(&server.url())),
        }
    }

    /// A copy of a database nobody uses, for the driver alone.
    pub(crate) fn copy(&self, database: &str, folder: &Path) -> anyhow::Result<String> {
        let Some(server) = &self.postgres else {
            let copy = folder.join("copy.db");
            std::fs::copy(database.trim_start_matches("sqlite:"), &copy)?;
            return Ok(format!("sqlite:{}", copy.display()));
        };
        let name = database.rsplit('/').next().context("a URL without a database")?;
        let copy = format!("{name}_copy");
        let script = format!("CREATE DATABASE {copy} TEMPLATE {name}");
        self.runtime.block_on(async {
            let admin = Store::open(&server.url()).await?;
            // The last connections to the original may not have ended yet.
            for _ in 0..50 {
                if admin.read(Script(script.clone())).await.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            bail!("the database cannot be copied")
        })?;
        Ok(database.replace(name, &copy))
    }
}

/// A database with one directory.
#[derive(Debug)]
pub(crate) struct Place<'s> {
    pub(crate) server: &'s Server,
    pub(crate) folder: TempDir,
    pub(crate) database: String,
    pub(crate) directory: String,
    pub(crate) token: String,
    pub(crate) users: u32,
    pub(crate) organization: String,
    pub(crate) app: String,
}

/// A directory with groups, and a copy of it for the driver alone.
#[derive(Debug)]
pub(crate) struct Grouped<'s> {
    pub(crate) place: Place<'s>,
    /// Sizes of the groups, by number.
    pub(crate) groups: Vec<u32>,
    pub(crate) samples: Samples,
    pub(crate) copy: String,
}

impl<'s> std::ops::Deref for Grouped<'s> {
    type Target = Place<'s>;

    fn deref(&self) -> &Place<'s> {
        &self.place
    }
}

impl<'s> Grouped<'s> {
    /// Fills a database, does each act once to have its rows, and copies it.
    pub(crate) fn make(server: &'s Server, users: u32, groups: &[u32]) -> anyhow::Result<Self> {
        let place = Place::with_users(server, users)?;
        let samples = server.runtime.block_on(async {
            let store = Store::open(&place.database).await?;
            for (number, size) in groups.iter().enumerate() {
                place.make_group(&store, u32::try_from(number)?, *size).await?;
            }
            Samples::take(&place, &store).await
        })?;
        let copy = server.copy(&place.database, place.folder.path())?;
        Ok(Self {
            place,
            groups: groups.to_vec(),
            samples,
            copy,
        })
    }
}

impl<'s> Place<'s> {
    /// Makes a database, an organization and an empty directory, as an operator does: by command line.
    pub(crate) fn empty(server: &'s Server) -> anyhow::Result<Self> {
        let folder = Server::folder()?;
        let database = server.database(folder.path());
        let told = |words: &[&str]| told(rollcall(&database, folder.path()).args(words));
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned).context("no text");
        let app = text(&told(&["app", "create", "--name", "Hero SaaS"])?["id"])?;
        let organization = text(&told(&["organization", "create", "--name", "Contoso"])?["id"])?;
        let made = told(&[
            "directory",
            "create",
            "--organization",
            &organization,
            "--provider",
            "entra-id",
        ])?;
        let (directory, token) = (text(&made["id"])?, text(&made["bearer_token"])?);
        Ok(Self {
            server,
            folder,
            database,
            directory,
            token,
            users: 0,
            organization,
            app,
        })
    }

    /// The same with users.
    pub(crate) fn with_users(server: &'s Server, users: u32) -> anyhow::Result<Self> {
        let begun = std::time::Instant::now();
        let mut place = Self::empty(server)?;
        server.runtime.block_on(async {
            let store = Store::open(&place.database).await?;
            place.make_users(&store, users).await
        })?;
        place.users = users;
        println!(
            "\n{}: {users} users made in {:.1} s.",
            server.kind.name(),
            begun.elapsed().as_secs_f64()
        );
        Ok(place)
    }

    async fn make_users(&self, store: &Store, users: u32) -> anyhow::Result<()> {
        let mut under_way = JoinSet::new();
        for first in (0..users).step_by(AT_ONCE as usize) {
            let by = self.context();
            let store = store.clone();
            under_way.spawn(async move {
                let numbers = first..users.min(first + AT_ONCE);
                let users: Result<Vec<_>, _> = numbers.map(|number| creation(&by, number)).collect();
                store.write(Many(users?)).await.map_err(anyhow::Error::from)
            });
            if under_way.len() >= UNDER_WAY {
                under_way.join_next().await.context("nothing under way")???;
            }
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        Ok(())
    }

    async fn make_group(&self, store: &Store, number: u32, size: u32) -> anyhow::Result<()> {
        let id = GroupId::new(people::group_id(number));
        let parsed = parse_group(format!(r#"{{"displayName":"Group {number}"}}"#).as_bytes())?;
        store
            .write(CreateGroup::new(self.context(), id.clone(), parsed.clone()))
            .await?;
        for first in (0..size).step_by(10 * AT_ONCE as usize) {
            let members = first..size.min(first + 10 * AT_ONCE);
            let ids = members.map(|number| people::user_id(&format!("{number:08}")));
            let edit = GroupEdit::Patch(added(ids)?);
            store
                .write(SaveGroup {
                    by: self.context(),
                    id: id.clone(),
                    if_match: None,
                    edit,
                })
                .await?;
        }
        Ok(())
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            directory: DirectoryId::new(self.directory.as_str()),
            organization: OrganizationId::new(self.organization.as_str()),
            app: AppId::new(self.app.as_str()),
            origin: Origin::Scim,
            at: Clock::System.now(),
            event: EventId::new(format!("evt_{:032x}", 0)),
            request: None,
            reference: None,
        }
    }

    /// The directory's requests.
    pub(crate) fn requests(&self) -> people::Requests {
        people::Requests::new(&self.directory, &self.token)
    }

    /// Its endpoint URL at a running server.
    pub(crate) fn endpoint(&self, served: &Served) -> String {
        format!("http://{}/scim/v2/{}", served.address, self.directory)
    }

    /// Starts the server on it, the file being in the system's memory: a disk is not what is measured.
    pub(crate) fn serve(&self, log: bool) -> anyhow::Result<Served> {
        if let Some(path) = self.database.strip_prefix("sqlite:") {
            std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
        }
        Served::start(&self.database, self.folder.path(), log)
    }
}

pub(crate) fn creation(by: &Context, number: u32) -> anyhow::Result<CreateUser> {
    let digits = format!("{number:08}");
    let body = people::user(&digits);
    let by = Context {
        event: EventId::new(format!("evt_{number:032x}")),
        request: Some(body.clone()),
        ..by.clone()
    };
    Ok(CreateUser::new(
        by,
        UserId::new(people::user_id(&digits)),
        parse_user(body.as_bytes())?,
    ))
}

pub(crate) fn added(ids: impl Iterator<Item = String>) -> anyhow::Result<scim::Patch> {
    let value: Vec<_> = ids.map(|id| serde_json::json!({"value": id})).collect();
    let body = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Add", "path": "members", "value": value}],
    });
    Ok(scim::Patch::parse(
        body.to_string().as_bytes(),
        scim::ResourceType::Group,
    )?)
}

/// Acts done in one transaction.
struct Many(Vec<CreateUser>);

impl Operation for Many {
    type Output = ();
    type Error = Refused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), Refused> {
        for act in &self.0 {
            act.run(tx).await?;
        }
        Ok(())
    }
}
