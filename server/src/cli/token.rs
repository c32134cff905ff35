//! `rollcall token …`

use clap::Subcommand;
use serde_json::{Value, json};
use store::ids::TokenId;
use store::tokens::Token;
use store::{StoreError, Unique};

use super::directory::{by, find};
use super::shop::{Shop, checked_name};
use super::{ask, show};
use crate::config::Config;
use crate::directory::directories::TokenRow;
use crate::directory::tokens::{CreateToken, RevokeToken};
use crate::secrets::{TokenKind, make};

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make a second token beside the first; prints it, once.
    Create {
        /// `dir_…`
        #[arg(long)]
        directory: String,
        /// Its name.
        #[arg(long, default_value = "Token made on the command line")]
        name: String,
        /// Days until it ends by itself; without it, it does not.
        #[arg(long)]
        days: Option<u32>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List a directory's tokens, without their secrets.
    List {
        /// `dir_…`
        #[arg(long)]
        directory: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a token at once, on open connections too.
    Revoke {
        /// `dir_…`
        #[arg(long)]
        directory: String,
        /// `tok_…`
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
        Act::Create {
            directory,
            name,
            days,
            json,
        } => create(&shop, config, &directory, &name, days, json).await,
        Act::List { directory, json } => list(&shop, &directory, json).await,
        Act::Revoke {
            directory,
            id,
            yes,
            json,
        } => revoke(&shop, &directory, &id, yes, json).await,
    }
}

async fn create(
    shop: &Shop,
    config: &Config,
    directory: &str,
    name: &str,
    days: Option<u32>,
    json: bool,
) -> anyhow::Result<()> {
    let known = find(shop, directory).await?;
    let secret = make(TokenKind::Scim, &shop.randomness)?;
    let token = TokenRow {
        id: TokenId::new(shop.fresh("tok")?),
        name: checked_name(name)?,
        digest: secret.digest,
        last4: secret.last_four.clone(),
        expires_at: days.map(|days| shop.clock.now() + i64::from(days) * 86_400_000_000),
    };
    let id = token.id.clone();
    match shop
        .store
        .write(CreateToken {
            by: by(shop, &known)?,
            token,
        })
        .await
    {
        Ok(true) => {}
        Ok(false) => anyhow::bail!("there is no directory {directory}"),
        Err(StoreError::Conflict {
            constraint: Unique::LiveTokens,
        }) => {
            anyhow::bail!(
                "two tokens are alive already: revoke one first (rollcall token list --directory {directory})"
            )
        }
        Err(error) => return Err(error.into()),
    }
    let endpoint = config.endpoint_url(directory);
    let document = json!({"id": id.as_str(), "endpoint_url": endpoint, "bearer_token": secret.reveal()});
    show(json, &document, || {
        format!("{id}\nBearer token, shown only now: {}", secret.reveal())
    });
    Ok(())
}

async fn list(shop: &Shop, directory: &str, json: bool) -> anyhow::Result<()> {
    let known = find(shop, directory).await?;
    let document = known
        .tokens
        .iter()
        .map(|token| document(token, known.now))
        .collect();
    show(json, &document, || {
        known.tokens.iter().map(|token| line(token, known.now)).collect()
    });
    Ok(())
}

async fn revoke(shop: &Shop, directory: &str, id: &str, yes: bool, json: bool) -> anyhow::Result<()> {
    let known = find(shop, directory).await?;
    let token = known.tokens.iter().find(|token| token.id.as_str() == id);
    let token = token.ok_or_else(|| anyhow::anyhow!("this directory has no token {id}"))?;
    ask::confirm(
        yes,
        &format!("ends the token {id}: whoever uses it is refused at once."),
        &token.name,
    )?;
    let revoked = shop
        .write(RevokeToken {
            by: by(shop, &known)?,
            token: token.id.clone(),
        })
        .await?;
    anyhow::ensure!(revoked, "this token had ended already");
    show(json, &json!({"id": id, "revoked": true}), || {
        format!("Revoked {id}.")
    });
    Ok(())
}

fn line(token: &Token, now: i64) -> String {
    let state = if token.is_alive(now) { "alive" } else { "ended" };
    format!("{}  {}  …{}  {state}\n", token.id, token.name, token.last4)
}

fn document(token: &Token, now: i64) -> Value {
    let time = |micros: Option<i64>| {
        micros
            .and_then(|at| jiff::Timestamp::from_microsecond(at).ok())
            .map(|at| at.to_string())
    };
    json!({
        "id": token.id.as_str(),
        "name": token.name,
        "last4": token.last4,
        "alive": token.is_alive(now),
        "created_at": time(Some(token.created_at)),
        "last_used_at": time(token.last_used_at),
        "expires_at": time(token.expires_at),
        "revoked_at": time(token.revoked_at),
    })
}
