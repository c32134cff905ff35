//! `rollcall organization …`

use clap::Subcommand;
use serde_json::json;
use store::ids::{AppId, OrganizationId};
use store::organizations::{self, Organization, Summary};
use store::{Operation, StoreError, Tx};

use super::shop::{Shop, checked_name};
use super::{app, show};
use crate::config::Config;
use crate::directory::organizations::CreateOrganization;

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make an organization.
    Create {
        /// The app it is a customer of (`app_…`); may be left out while there is only one.
        #[arg(long)]
        app: Option<String>,
        /// The customer's name.
        #[arg(long)]
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the organizations.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn act(act: Act, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    match act {
        Act::Create { app, name, json } => create(&shop, app.as_deref(), &name, json).await,
        Act::List { json } => list(&shop, json).await,
    }
}

async fn create(shop: &Shop, app: Option<&str>, name: &str, json: bool) -> anyhow::Result<()> {
    let name = checked_name(name)?;
    let app_id = chosen_app(shop, app).await?;
    let taken = shop.read(List).await?.iter().any(|other| {
        other.organization.app_id == app_id && scim::fold(&other.organization.name) == scim::fold(&name)
    });
    anyhow::ensure!(!taken, "this app has an organization named {name} already");
    let id = OrganizationId::new(shop.fresh("org")?);
    let made = Organization {
        id,
        app_id,
        name,
        created_at: shop.clock.now(),
    };
    anyhow::ensure!(
        shop.write(CreateOrganization(made.clone())).await?,
        "there is no such app"
    );
    show(json, &document(&made), || format!("{}  {}", made.id, made.name));
    Ok(())
}

async fn chosen_app(shop: &Shop, app: Option<&str>) -> anyhow::Result<AppId> {
    let apps = shop.read(app::List).await?;
    match (app, apps.as_slice()) {
        (None, [only]) => Ok(only.id.clone()),
        (None, []) => anyhow::bail!("there is no app yet. Make one: rollcall app create --name NAME"),
        (None, _) => anyhow::bail!("there are several apps: say which with --app ID (rollcall app list)"),
        (Some(id), apps) => {
            let found = apps.iter().find(|app| app.id.as_str() == id);
            Ok(found
                .ok_or_else(|| anyhow::anyhow!("there is no app {id} (rollcall app list)"))?
                .id
                .clone())
        }
    }
}

async fn list(shop: &Shop, json: bool) -> anyhow::Result<()> {
    let all = shop.read(List).await?;
    let rows = all.iter().map(|row| {
        let mut document = document(&row.organization);
        document["directories"] = json!(row.directories);
        document["users"] = json!(row.users);
        document["groups"] = json!(row.groups);
        document
    });
    show(json, &rows.collect(), || match all.as_slice() {
        [] => "No organizations yet. Make one: rollcall organization create --name NAME".to_owned(),
        all => all.iter().map(line).collect(),
    });
    Ok(())
}

fn line(row: &Summary) -> String {
    let Organization { id, name, .. } = &row.organization;
    format!("{id}  {name}  {} users, {} groups\n", row.users, row.groups)
}

fn document(organization: &Organization) -> serde_json::Value {
    json!({
        "id": organization.id.as_str(),
        "name": organization.name,
        "app_id": organization.app_id.as_str(),
    })
}

struct List;

impl Operation for List {
    type Output = Vec<Summary>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Summary>, StoreError> {
        organizations::list(tx, None).await
    }
}

pub(super) struct Get(pub(super) OrganizationId);

impl Operation for Get {
    type Output = Option<Organization>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Organization>, StoreError> {
        organizations::get(tx, &self.0).await
    }
}
