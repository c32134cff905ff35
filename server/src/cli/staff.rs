//! `rollcall staff …`

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use store::ids::{AppId, PersonId};
use store::invites::{self, Invite};
use store::sessions::{self, Role};
use store::staff::{self, Person};
use store::{Operation, StoreError, Tx, apps};

use super::shop::Shop;
use super::show;
use crate::config::Config;
use crate::secrets::{TokenDigest, TokenKind, make};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make a link: whoever signs in with Microsoft by it first belongs to an app's staff. Prints it, once.
    Invite {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: As,
        /// For whom it is meant.
        #[arg(long, default_value = "")]
        note: String,
        /// Days it can be used.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=7))]
        days: u32,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make somebody an app's staff before they ever signed in, or change what they may do: for installing by script, where
    /// nobody is there to open a link. They are known by tenant and object id, never by an address.
    Add {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Their Entra tenant's id.
        #[arg(long)]
        tenant_id: String,
        /// Their object id in it.
        #[arg(long)]
        object_id: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: As,
        /// What they are called until they sign in.
        #[arg(long)]
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List an app's staff, without those who have their role by a group of its staff directory.
    List {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take somebody's role in an app away and end their sessions.
    Remove {
        /// `app_…`
        #[arg(long)]
        app: String,
        /// `per_…`
        person: String,
    },
}

/// What staff may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum As {
    /// Everything in this app.
    Owner,
    /// See, and change nothing.
    Support,
}

impl From<As> for Role {
    fn from(role: As) -> Self {
        match role {
            As::Owner => Self::Owner,
            As::Support => Self::Support,
        }
    }
}

pub(super) async fn act(act: Act, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    match act {
        Act::Invite {
            app,
            role,
            note,
            days,
            json,
        } => invite(&shop, config, (&app, role.into(), &note, days), json).await,
        Act::Add {
            app,
            tenant_id,
            object_id,
            role,
            name,
            json,
        } => {
            let (tenant_id, object_id) = (guid("tenant-id", &tenant_id)?, guid("object-id", &object_id)?);
            let add = Add {
                app: AppId::new(app),
                person: unseen(&shop, tenant_id, object_id, name)?,
                role: role.into(),
            };
            self::add(&shop, add, json).await
        }
        Act::List { app, json } => list(&shop, &app, json).await,
        Act::Remove { app, person } => remove(&shop, app, person).await,
    }
}

async fn invite(
    shop: &Shop,
    config: &Config,
    (app, role, note, days): (&str, Role, &str, u32),
    json: bool,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.entra.app.is_some(),
        "nobody can sign in with Microsoft yet: set entra.client_id and entra.client_secret first"
    );
    let token = make(TokenKind::Invite, &shop.randomness)?;
    let now = shop.clock.now();
    let invite = Invite {
        id: shop.fresh("inv")?,
        app: AppId::new(app),
        role,
        note: note.to_owned(),
        created_at: now,
        expires_at: now + i64::from(days) * DAY,
        used_at: None,
    };
    let id = invite.id.clone();
    let made = shop.write(Make(token.digest, invite)).await?;
    anyhow::ensure!(made, "there is no app {app}; `rollcall app list` names them");
    let url = format!("{}/join/{}", config.public_url, token.reveal());
    show(json, &json!({"id": id, "url": url}), || url.clone());
    Ok(())
}

/// A person who never signed in.
fn unseen(shop: &Shop, tenant_id: String, object_id: String, name: String) -> anyhow::Result<Person> {
    Ok(Person {
        id: PersonId::new(shop.fresh("per")?),
        tenant_id,
        object_id,
        name,
        address: String::new(),
        created_at: shop.clock.now(),
        last_sign_in_at: 0,
    })
}

fn guid(what: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim().to_ascii_lowercase();
    anyhow::ensure!(
        entra::http::is_guid(&text),
        "--{what} looks like 00000000-0000-0000-0000-000000000000"
    );
    Ok(text)
}

async fn add(shop: &Shop, add: Add, json: bool) -> anyhow::Result<()> {
    let app = add.app.clone();
    let added = shop.write(add).await?;
    let id = added.with_context(|| format!("there is no app {app}; `rollcall app list` names them"))?;
    show(json, &json!({"id": id.as_str()}), || id.to_string());
    Ok(())
}

async fn list(shop: &Shop, app: &str, json: bool) -> anyhow::Result<()> {
    let staff = shop.read(List(AppId::new(app))).await?;
    let row = |(person, role): &(Person, Role)| {
        json!({"id": person.id.as_str(), "name": person.name, "address": person.address,
            "tenant_id": person.tenant_id, "role": role.as_str(), "last_sign_in_at": person.last_sign_in_at})
    };
    let line = |(person, role): &(Person, Role)| {
        format!("{}  {role:<8}  {}  {}", person.id, person.name, person.address)
    };
    let document = Value::Array(staff.iter().map(row).collect());
    show(json, &document, || {
        staff.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

async fn remove(shop: &Shop, app: String, person: String) -> anyhow::Result<()> {
    let remove = Remove {
        app: AppId::new(app),
        person: PersonId::new(person),
        at: shop.clock.now(),
    };
    anyhow::ensure!(
        shop.write(remove).await?,
        "nobody of this id has a role in this app"
    );
    Ok(())
}

struct Make(TokenDigest, Invite);

impl Operation for Make {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if apps::get(tx, &self.1.app).await?.is_none() {
            return Ok(false);
        }
        invites::create(tx, &self.0, &self.1).await?;
        Ok(true)
    }
}

struct Add {
    app: AppId,
    person: Person,
    role: Role,
}

impl Operation for Add {
    type Output = Option<PersonId>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        if apps::get(tx, &self.app).await?.is_none() {
            return Ok(None);
        }
        let person = staff::expect(tx, &self.person).await?;
        staff::add(tx, &self.app, &person.id, self.role, self.person.created_at).await?;
        Ok(Some(person.id))
    }
}

struct List(AppId);

impl Operation for List {
    type Output = Vec<(Person, Role)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        staff::list(tx, &self.0).await
    }
}

struct Remove {
    app: AppId,
    person: PersonId,
    at: i64,
}

impl Operation for Remove {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        sessions::revoke_of_person(tx, &self.person, self.at).await?;
        staff::remove(tx, &self.app, &self.person).await
    }
}
