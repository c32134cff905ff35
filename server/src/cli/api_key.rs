//! `rollcall api-key …`

use clap::Subcommand;
use serde_json::{Value, json};
use store::api_keys::{self, ApiKey};
use store::ids::{ApiKeyId, AppId};
use store::{Operation, StoreError, Tx};

use super::shop::{Shop, checked_name};
use super::{app_settings, ask, show};
use crate::config::Config;
use crate::secrets::{TokenDigest, TokenKind, make};

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make a key; prints it, once.
    Create {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Its name.
        #[arg(long, default_value = "Key made on the command line")]
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List an app's keys, without their secrets.
    List {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a key; within a second nobody can use it any more.
    Revoke {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// `key_…`
        id: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn act(act: Act, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    match act {
        Act::Create { app, name, json } => create(&shop, &app, &name, json).await,
        Act::List { app, json } => list(&shop, &app, json).await,
        Act::Revoke { app, id, yes, json } => revoke(&shop, (&app, &id), yes, json).await,
    }
}

async fn create(shop: &Shop, app: &str, name: &str, json: bool) -> anyhow::Result<()> {
    let (app, _) = app_settings::find(shop, app).await?;
    let secret = make(TokenKind::Api, &shop.randomness)?;
    let key = ApiKey {
        id: ApiKeyId::new(shop.fresh("key")?),
        app: app.id,
        name: checked_name(name)?,
        last4: secret.last_four.clone(),
        created_at: shop.clock.now(),
        last_used_at: None,
        revoked_at: None,
    };
    let id = key.id.clone();
    shop.write(Create(secret.digest, key)).await?;
    let document = json!({"id": id.as_str(), "api_key": secret.reveal()});
    show(json, &document, || {
        format!("{id}\nAPI key, shown only now: {}", secret.reveal())
    });
    Ok(())
}

async fn list(shop: &Shop, app: &str, json: bool) -> anyhow::Result<()> {
    let (app, _) = app_settings::find(shop, app).await?;
    let keys = shop.read(List(app.id)).await?;
    let document = Value::Array(keys.iter().map(document).collect());
    show(json, &document, || keys.iter().map(line).collect());
    Ok(())
}

async fn revoke(shop: &Shop, (app, id): (&str, &str), yes: bool, json: bool) -> anyhow::Result<()> {
    let (app, _) = app_settings::find(shop, app).await?;
    let keys = shop.read(List(app.id.clone())).await?;
    let key = keys.iter().find(|key| key.id.as_str() == id);
    let key = key.ok_or_else(|| anyhow::anyhow!("this app has no key {id}"))?;
    ask::confirm(
        yes,
        &format!("ends the key {id}: whoever uses it is refused."),
        &key.name,
    )?;
    let revoke = Revoke(app.id, key.id.clone(), shop.clock.now());
    anyhow::ensure!(shop.write(revoke).await?, "this key had ended already");
    show(json, &json!({"id": id, "revoked": true}), || {
        format!("Revoked {id}.")
    });
    Ok(())
}

fn line(key: &ApiKey) -> String {
    let state = if key.revoked_at.is_none() {
        "alive"
    } else {
        "ended"
    };
    format!("{}  {}  …{}  {state}\n", key.id, key.name, key.last4)
}

fn document(key: &ApiKey) -> Value {
    let time = |micros: Option<i64>| {
        micros
            .and_then(|at| jiff::Timestamp::from_microsecond(at).ok())
            .map(|at| at.to_string())
    };
    json!({
        "id": key.id.as_str(),
        "name": key.name,
        "last4": key.last4,
        "created_at": time(Some(key.created_at)),
        "last_used_at": time(key.last_used_at),
        "revoked_at": time(key.revoked_at),
    })
}

struct Create(TokenDigest, ApiKey);

impl Operation for Create {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        api_keys::create(tx, &self.0, &self.1).await
    }
}

struct List(AppId);

impl Operation for List {
    type Output = Vec<ApiKey>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        api_keys::list(tx, &self.0).await
    }
}

struct Revoke(AppId, ApiKeyId, i64);

impl Operation for Revoke {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        api_keys::revoke(tx, &self.0, &self.1, self.2).await
    }
}
