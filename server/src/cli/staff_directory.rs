//! `rollcall staff directory …`

use anyhow::Context as _;
use clap::Subcommand;
use contract::staff::{StaffSource, StaffSources};
use serde_json::{Value, json};
use store::ids::{AppId, DirectoryId, GroupId};
use store::page::Start;
use store::sessions::Role;
use store::{Operation, StoreError, Tx, apps, groups};

use super::shop::Shop;
use super::show;
use crate::directory::staff::{EditStaff, StaffEdit, StaffRefused};
use crate::portal::{GetSources, checked_tenant};

/// Groups of one name that are looked at.
const SAME_NAME: usize = 2;

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Take an app's own people from a directory. What is not named comes in no more.
    Set {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// `dir_…`, one of the app's directories.
        #[arg(long)]
        directory: String,
        /// The Entra tenant these people sign in from.
        #[arg(long)]
        tenant_id: String,
        /// A group whose members own, by name or id; repeat it for several.
        #[arg(long, value_name = "GROUP")]
        owners: Vec<String>,
        /// A group whose members support, by name or id; repeat it for several.
        #[arg(long, value_name = "GROUP")]
        support: Vec<String>,
        /// Do it although nobody would be an owner afterwards.
        #[arg(long)]
        yes: bool,
    },
    /// Show the directory, what its groups mean, and who comes in by them.
    Show {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take people from no directory. Whoever came in only by a group is out.
    Clear {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Do it although nobody would be an owner afterwards.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn act(act: Act, shop: &Shop) -> anyhow::Result<()> {
    match act {
        Act::Set {
            app,
            directory,
            tenant_id,
            owners,
            support,
            yes,
        } => {
            let tenant = checked_tenant(&tenant_id);
            let tenant = tenant.map_err(|_| anyhow::anyhow!("{tenant_id} is no tenant id"))?;
            let directory = DirectoryId::new(directory);
            let mut edits = vec![StaffEdit::Use(directory.clone(), tenant)];
            let mapped = sources(shop, &app).await?.source.map(|source| source.groups);
            let before = mapped.unwrap_or_default().into_iter();
            edits.extend(before.map(|group| StaffEdit::Map(GroupId::new(group.id), None)));
            for (names, role) in [(&support, Role::Support), (&owners, Role::Owner)] {
                for name in names {
                    let group = group(shop, &directory, name).await?;
                    edits.push(StaffEdit::Map(group, Some(role)));
                }
            }
            edit(shop, app, edits, yes).await
        }
        Act::Show { app, json } => {
            let source = sources(shop, &app).await?.source;
            show(json, &document(source.as_ref()), || lines(source.as_ref()));
            Ok(())
        }
        Act::Clear { app, yes } => edit(shop, app, vec![StaffEdit::Stop], yes).await,
    }
}

async fn sources(shop: &Shop, app: &str) -> anyhow::Result<StaffSources> {
    let found = shop.read(Find(AppId::new(app))).await?;
    let app = found.with_context(|| format!("there is no app {app}; `rollcall app list` names them"))?;
    shop.read(GetSources(app)).await
}

async fn group(shop: &Shop, directory: &DirectoryId, name: &str) -> anyhow::Result<GroupId> {
    let mut found = shop.read(Named(directory.clone(), name.to_owned())).await?;
    anyhow::ensure!(found.len() < 2, "several groups are called {name}: give the id");
    found
        .pop()
        .with_context(|| format!("the directory {directory} has no group {name}"))
}

async fn edit(shop: &Shop, app: String, edits: Vec<StaffEdit>, yes: bool) -> anyhow::Result<()> {
    let edit = EditStaff {
        app: AppId::new(app),
        edits,
        by: None,
        confirmed: yes,
        at: shop.clock.now(),
    };
    match shop.store.write(edit).await {
        Ok(()) => Ok(()),
        Err(StaffRefused::Store(error)) => Err(error).context("nothing was changed"),
        Err(StaffRefused::Refusal(contract::Refusal::Conflict { .. })) => {
            anyhow::bail!("nobody would be an owner afterwards; say --yes if that is meant")
        }
        Err(StaffRefused::Refusal(refusal)) => anyhow::bail!("nothing was changed: {refusal}"),
    }
}

fn document(source: Option<&StaffSource>) -> Value {
    let Some(source) = source else {
        return Value::Null;
    };
    json!({
        "directory": source.directory.id,
        "tenant_id": source.tenant_id,
        "groups": source.groups.iter().map(|group| json!({"id": group.id, "name": group.name, "role": group.role,
            "members": group.members})).collect::<Value>(),
        "people": source.people.iter().map(|one| json!({"user": one.user, "user_name": one.user_name,
            "group": one.group, "role": one.role, "entry": one.entry})).collect::<Value>(),
        "total": source.total,
        "without_object_id": source.without_object_id,
    })
}

fn lines(source: Option<&StaffSource>) -> String {
    let Some(source) = source else {
        return "people come from no directory".to_owned();
    };
    let head = format!("{}  tenant {}\n", source.directory.id, source.tenant_id);
    let groups = source.groups.iter().map(|group| {
        let name = group.name.as_deref().unwrap_or("(gone)");
        format!(
            "{:<12}  {name}, {} members\n",
            format!("{:?}", group.role),
            group.members
        )
    });
    let people = source
        .people
        .iter()
        .map(|one| format!("  {}  {}  {:?}\n", one.user_name, one.group, one.entry));
    head + &groups.chain(people).collect::<String>()
}

struct Find(AppId);

impl Operation for Find {
    type Output = Option<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        apps::get(tx, &self.0).await
    }
}

/// The groups of this id or name.
struct Named(DirectoryId, String);

impl Operation for Named {
    type Output = Vec<GroupId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<GroupId>, StoreError> {
        if let Some(group) = groups::get(tx, &self.0, &GroupId::new(self.1.clone())).await? {
            return Ok(vec![group.id]);
        }
        let all = groups::list(tx, std::slice::from_ref(&self.0), &self.1, &Start::First, 1000).await?;
        let exact = all.rows.into_iter().filter(|group| group.display_name == self.1);
        Ok(exact.map(|group| group.id).take(SAME_NAME).collect())
    }
}
