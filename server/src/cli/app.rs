//! `rollcall app …`

use clap::Subcommand;
use serde_json::json;
use store::ids::AppId;
use store::{Operation, StoreError, Tx, apps};

use super::shop::{Shop, checked_name};
use super::show;
use crate::config::Config;
use crate::directory::organizations::CreateApp;

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make an app.
    Create {
        /// The name its customers know.
        #[arg(long)]
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the apps.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn act(act: Act, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    match act {
        Act::Create { name, json } => create(&shop, &name, json).await,
        Act::List { json } => list(&shop, json).await,
    }
}

async fn create(shop: &Shop, name: &str, json: bool) -> anyhow::Result<()> {
    let name = checked_name(name)?;
    let taken = shop
        .read(List)
        .await?
        .iter()
        .any(|app| scim::fold(&app.name) == scim::fold(&name));
    anyhow::ensure!(!taken, "there is an app named {name} already");
    let app = apps::App::named(AppId::new(shop.fresh("app")?), name, shop.clock.now());
    shop.write(CreateApp(app.clone())).await?;
    show(json, &json!({"id": app.id.as_str(), "name": app.name}), || {
        format!("{}  {}", app.id, app.name)
    });
    Ok(())
}

async fn list(shop: &Shop, json: bool) -> anyhow::Result<()> {
    let apps = shop.read(List).await?;
    let document = apps
        .iter()
        .map(|app| json!({"id": app.id.as_str(), "name": app.name}))
        .collect();
    show(json, &document, || match apps.as_slice() {
        [] => "No apps yet. Make one: rollcall app create --name NAME".to_owned(),
        apps => apps
            .iter()
            .map(|app| format!("{}  {}\n", app.id, app.name))
            .collect(),
    });
    Ok(())
}

pub(super) struct List;

impl Operation for List {
    type Output = Vec<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<apps::App>, StoreError> {
        apps::list(tx).await
    }
}
