//! `rollcall app …`

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use store::ids::AppId;
use store::{Operation, StoreError, Tx, apps};

use super::app_settings::{self, Settings};
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
    /// Enter what Entra knows an app by, who may embed its setup portal, and its look there. What is not named stays.
    Set(Set),
    /// Show what is entered of an app; its client secret is never shown.
    Show {
        /// `app_…`
        #[arg(long)]
        app: String,
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

/// `rollcall app set`
#[derive(Debug, Args)]
pub(super) struct Set {
    /// `app_…`
    #[arg(long)]
    app: String,
    #[command(flatten)]
    settings: Settings,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn act(act: Act, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    match act {
        Act::Create { name, json } => create(&shop, &name, json).await,
        Act::Set(set) => {
            app_settings::set(&shop, config, &set.app, set.settings).await?;
            print(&shop, &set.app, set.json).await
        }
        Act::Show { app, json } => print(&shop, &app, json).await,
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

async fn print(shop: &Shop, id: &str, json: bool) -> anyhow::Result<()> {
    let (app, has_secret) = app_settings::find(shop, id).await?;
    let origins: Vec<&str> = app.embed_origins.iter().flat_map(|all| all.split(' ')).collect();
    let document = json!({"id": app.id.as_str(), "name": app.name, "client_id": app.client_id,
        "role": app.app_role, "client_secret": has_secret, "embed_origins": origins,
        "accent": app.accent, "logo": app.has_logo});
    show(json, &document, || lines(&document));
    Ok(())
}

fn lines(document: &Value) -> String {
    let text = |name: &str| match &document[name] {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "entered".to_owned(),
        Value::Array(all) if !all.is_empty() => {
            let all: Vec<_> = all.iter().filter_map(Value::as_str).collect();
            all.join(" ")
        }
        _ => "not entered".to_owned(),
    };
    let names = [
        "id",
        "name",
        "client_id",
        "role",
        "client_secret",
        "embed_origins",
        "accent",
        "logo",
    ];
    names.map(|name| format!("{name:<14}  {}\n", text(name))).concat()
}

pub(super) struct List;

impl Operation for List {
    type Output = Vec<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<apps::App>, StoreError> {
        apps::list(tx).await
    }
}
