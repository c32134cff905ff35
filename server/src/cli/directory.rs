//! `rollcall directory …`

use clap::Subcommand;
use serde_json::{Value, json};
use store::directories::{Provider, Status};
use store::ids::{DirectoryId, OrganizationId, TokenId};

use super::shop::{Shop, checked_name};
use super::{ask, organization, show};
use crate::config::Config;
use crate::directory::directories::{CreateDirectory, DirectoryEdit, EditDirectory, TokenRow};
use crate::directory::signals::Known;
use crate::portal::look::{Look, Which};
use crate::secrets::{TokenKind, make};

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make a directory; prints its endpoint URL and, once, its bearer token.
    Create {
        /// The organization it belongs to (`org_…`).
        #[arg(long)]
        organization: String,
        /// entra-id, okta, google-workspace, onelogin, jumpcloud, pingone, cyberark, rippling or scim.
        #[arg(long, value_parser = provider)]
        provider: Provider,
        /// Its name; the provider's unless given.
        #[arg(long)]
        name: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the directories.
    List {
        /// Only those of this organization.
        #[arg(long)]
        organization: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one directory with its health.
    Show {
        /// `dir_…`
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Refuse its provider with 403 and keep everything.
    Disable {
        /// `dir_…`
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Answer its provider again.
    Enable {
        /// `dir_…`
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Delete it with its users, groups, tokens and history.
    Delete {
        /// `dir_…`
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
            organization,
            provider,
            name,
            json,
        } => create(&shop, config, organization, provider, name, json).await,
        Act::List { organization, json } => list(&shop, config, organization, json).await,
        Act::Show { id, json } => show_one(&shop, config, &id, json).await,
        Act::Disable { id, json } => edit(&shop, config, &id, DirectoryEdit::Disable, json).await,
        Act::Enable { id, json } => edit(&shop, config, &id, DirectoryEdit::Enable, json).await,
        Act::Delete { id, yes, json } => delete(&shop, &id, yes, json).await,
    }
}

fn provider(word: &str) -> Result<Provider, String> {
    word.parse().map_err(|()| {
        let words: Vec<&str> = Provider::ALL.iter().map(|provider| provider.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}

async fn create(
    shop: &Shop,
    config: &Config,
    organization: String,
    provider: Provider,
    name: Option<String>,
    json: bool,
) -> anyhow::Result<()> {
    let found = shop
        .read(organization::Get(OrganizationId::new(organization)))
        .await?;
    let organization =
        found.ok_or_else(|| anyhow::anyhow!("there is no such organization (rollcall organization list)"))?;
    let own = crate::directory::signals::provider(provider).name();
    let name = name.map_or_else(|| Ok(own.to_owned()), |name| checked_name(&name))?;
    let secret = make(TokenKind::Scim, &shop.randomness)?;
    let id = DirectoryId::new(shop.fresh("dir")?);
    let token = TokenRow {
        id: TokenId::new(shop.fresh("tok")?),
        name: "Token 1".to_owned(),
        digest: secret.digest,
        last4: secret.last_four.clone(),
        expires_at: None,
    };
    let by = shop.by(organization.app_id, organization.id, id.clone())?;
    shop.write(CreateDirectory {
        by,
        provider,
        name,
        token,
    })
    .await?;
    let endpoint = config.endpoint_url(id.as_str());
    let document = json!({"id": id.as_str(), "endpoint_url": endpoint, "bearer_token": secret.reveal()});
    show(json, &document, || {
        format!(
            "{id}\nEndpoint URL (Tenant URL in Entra): {endpoint}\n\
             Bearer token (Secret token in Entra), shown only now: {}",
            secret.reveal()
        )
    });
    Ok(())
}

async fn list(shop: &Shop, config: &Config, organization: Option<String>, json: bool) -> anyhow::Result<()> {
    let which = organization.map_or(Which::All, |id| Which::Of(OrganizationId::new(id)));
    let known = shop
        .read(Look {
            which,
            now: shop.clock.now(),
        })
        .await?;
    let documents = known.iter().map(|known| document(config, known)).collect();
    show(json, &documents, || match known.as_slice() {
        [] => "No directories yet. Make one: rollcall directory create --organization ID --provider entra-id"
            .to_owned(),
        known => known.iter().map(|known| format!("{}\n", line(known))).collect(),
    });
    Ok(())
}

async fn show_one(shop: &Shop, config: &Config, id: &str, json: bool) -> anyhow::Result<()> {
    let known = find(shop, id).await?;
    show(json, &document(config, &known), || {
        let mut lines = format!("{}\nEndpoint URL: {}\n", line(&known), config.endpoint_url(id));
        for check in known.health().checks {
            lines.push_str(&format!("  {:?}: {:?}\n", check.name, check.result));
        }
        lines
    });
    Ok(())
}

async fn edit(shop: &Shop, config: &Config, id: &str, edit: DirectoryEdit, json: bool) -> anyhow::Result<()> {
    let known = find(shop, id).await?;
    shop.write(EditDirectory {
        by: by(shop, &known)?,
        edit,
    })
    .await?;
    show_one(shop, config, id, json).await
}

async fn delete(shop: &Shop, id: &str, yes: bool, json: bool) -> anyhow::Result<()> {
    let known = find(shop, id).await?;
    let counts = known.counts;
    let what = format!(
        "deletes the directory {id} with {} users, {} groups, its tokens and its history.",
        counts.users, counts.groups
    );
    ask::confirm(yes, &what, &known.directory.name)?;
    shop.write(EditDirectory {
        by: by(shop, &known)?,
        edit: DirectoryEdit::Delete,
    })
    .await?;
    shop.store.purge().await?;
    let document = json!({"id": id, "deleted": true, "users": counts.users, "groups": counts.groups});
    show(json, &document, || {
        format!("Deleted {id}: {} users, {} groups.", counts.users, counts.groups)
    });
    Ok(())
}

/// One directory that is not deleted.
pub(super) async fn find(shop: &Shop, id: &str) -> anyhow::Result<Known> {
    let look = Look {
        which: Which::One(DirectoryId::new(id)),
        now: shop.clock.now(),
    };
    let found = shop.read(look).await?.pop();
    found.ok_or_else(|| anyhow::anyhow!("there is no directory {id} (rollcall directory list)"))
}

/// On whose behalf an act on it is done.
pub(super) fn by(shop: &Shop, known: &Known) -> anyhow::Result<crate::directory::trace::Context> {
    let directory = &known.directory;
    shop.by(
        directory.app_id.clone(),
        directory.organization_id.clone(),
        directory.id.clone(),
    )
}

fn line(known: &Known) -> String {
    let directory = &known.directory;
    format!(
        "{}  {}  {}  {:?}  {} users, {} groups",
        directory.id,
        directory.name,
        directory.status,
        known.health().verdict,
        known.counts.users,
        known.counts.groups
    )
}

fn document(config: &Config, known: &Known) -> Value {
    let directory = &known.directory;
    json!({
        "id": directory.id.as_str(),
        "organization_id": directory.organization_id.as_str(),
        "kind": directory.kind.as_str(),
        "provider": directory.provider.as_str(),
        "name": directory.name,
        "enabled": directory.status == Status::Enabled,
        "endpoint_url": config.endpoint_url(directory.id.as_str()),
        "users": known.counts.users,
        "active_users": known.counts.active_users,
        "groups": known.counts.groups,
        "health": known.health(),
    })
}
