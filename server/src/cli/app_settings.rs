//! What an owner enters of an app: how Entra knows it, who may embed its setup portal, and its look there.

use std::io::Read as _;

use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;
use store::apps::{self, App};
use store::ids::AppId;
use store::{Operation, StoreError, Tx};

use super::shop::Shop;
use crate::checklists::CLIENT_SECRET;
use crate::config::Config;
use crate::embedding::origin;
use crate::keys;
use crate::looks::{Colour, MOST_BYTES, Picture};

/// Bytes of the longest secret that is taken; Entra's have forty.
const LONGEST_SECRET: u64 = 1024;
/// Characters of the longest role value Entra takes.
const LONGEST_ROLE: usize = 120;

/// What can be set; what is not named stays.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Its application (client) id in Entra.
    #[arg(long)]
    client_id: Option<String>,
    /// The value of the app role its API wants, such as Truvio.SubscriptionService.
    #[arg(long)]
    role: Option<String>,
    /// Read its client secret from standard input; it is kept encrypted and never shown again.
    #[arg(long)]
    client_secret_stdin: bool,
    /// An origin that may embed its setup portal, such as https://app.example; repeat it for several, or give `none`.
    #[arg(long = "embed-origin", value_name = "ORIGIN")]
    embed_origins: Vec<String>,
    /// The accent of its setup portal, such as #3355ff, or `none`.
    #[arg(long, value_name = "#RRGGBB")]
    accent: Option<String>,
    /// The logo of its setup portal: a PNG, JPEG or WebP file of at most 64 KiB, or `none`.
    #[arg(long, value_name = "FILE")]
    logo: Option<String>,
}

/// An app, and whether its client secret is entered.
pub(super) async fn find(shop: &Shop, id: &str) -> anyhow::Result<(App, bool)> {
    let found = shop.read(Find(AppId::new(id))).await?;
    found.with_context(|| format!("there is no app {id}; `rollcall app list` names them"))
}

/// Enters what is named.
pub(super) async fn set(shop: &Shop, config: &Config, id: &str, settings: Settings) -> anyhow::Result<()> {
    let (mut app, _) = find(shop, id).await?;
    if let Some(client_id) = &settings.client_id {
        app.client_id = Some(checked_client_id(client_id)?);
    }
    if let Some(role) = &settings.role {
        app.app_role = Some(checked_role(role)?);
    }
    if !settings.embed_origins.is_empty() {
        app.embed_origins = checked_origins(&settings.embed_origins)?;
    }
    if let Some(accent) = &settings.accent {
        app.accent = checked_accent(accent)?;
    }
    let logo = settings.logo.as_deref().map(checked_logo).transpose()?;
    let sealed = if settings.client_secret_stdin {
        Some(seal(shop, config, id)?)
    } else {
        None
    };
    shop.write(Set(app, sealed, logo)).await
}

fn checked_client_id(text: &str) -> anyhow::Result<String> {
    let text = text.trim().to_ascii_lowercase();
    anyhow::ensure!(
        entra::http::is_guid(&text),
        "a client id looks like 00000000-0000-0000-0000-000000000000"
    );
    Ok(text)
}

fn checked_role(text: &str) -> anyhow::Result<String> {
    let fits =
        !text.is_empty() && text.len() <= LONGEST_ROLE && text.bytes().all(|byte| byte.is_ascii_graphic());
    anyhow::ensure!(
        fits,
        "a role's value has 1 to {LONGEST_ROLE} characters without blanks"
    );
    Ok(text.to_owned())
}

/// Each an origin as a browser sends it; https, or http on this machine.
fn checked_origins(all: &[String]) -> anyhow::Result<Option<String>> {
    if let [none] = all
        && none == "none"
    {
        return Ok(None);
    }
    let origins: anyhow::Result<Vec<String>> = all.iter().map(|text| checked_origin(text)).collect();
    Ok(Some(origins?.join(" ")))
}

fn checked_origin(text: &str) -> anyhow::Result<String> {
    origin(text)
        .with_context(|| format!("{text} is no origin: give scheme and host, such as https://app.example"))
}

fn checked_accent(text: &str) -> anyhow::Result<Option<String>> {
    if text == "none" {
        return Ok(None);
    }
    let colour: Colour = text.parse()?;
    Ok(Some(colour.to_string()))
}

fn checked_logo(file: &str) -> anyhow::Result<Option<Vec<u8>>> {
    if file == "none" {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(|| format!("{file} cannot be opened"))?;
    // One byte more than is taken tells that it is too large.
    let most = u64::try_from(MOST_BYTES + 1)?;
    opened
        .take(most)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{file} cannot be read"))?;
    let picture = Picture::new(bytes).with_context(|| format!("{file} is no logo"))?;
    Ok(Some(picture.into_bytes()))
}

fn seal(shop: &Shop, config: &Config, id: &str) -> anyhow::Result<Vec<u8>> {
    let mut text = String::new();
    std::io::stdin()
        .take(LONGEST_SECRET)
        .read_to_string(&mut text)
        .context("the client secret could not be read from standard input")?;
    let text = text.trim();
    anyhow::ensure!(!text.is_empty(), "no client secret came by standard input");
    let secret: SecretString = text.to_owned().into();
    let key = keys::load_or_make(&config.key_file, &shop.randomness)?;
    Ok(key.seal(CLIENT_SECRET.at(id), &secret, &shop.randomness)?)
}

struct Find(AppId);

impl Operation for Find {
    type Output = Option<(App, bool)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let Some(app) = apps::get(tx, &self.0).await? else {
            return Ok(None);
        };
        let has_secret = apps::sealed_secret(tx, &self.0).await?.is_some();
        Ok(Some((app, has_secret)))
    }
}

/// What is set of an app; its secret and its logo, if they are set.
struct Set(App, Option<Vec<u8>>, Option<Option<Vec<u8>>>);

impl Operation for Set {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        apps::set(tx, &self.0).await?;
        if let Some(sealed) = &self.1 {
            apps::set_sealed_secret(tx, &self.0.id, sealed).await?;
        }
        if let Some(logo) = &self.2 {
            apps::set_logo(tx, &self.0.id, logo.as_deref()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_a_browser_sends() {
        let of = |text: &str| checked_origins(&[text.to_owned()]);
        assert_eq!(
            of("https://app.example/").unwrap().as_deref(),
            Some("https://app.example")
        );
        assert_eq!(
            of("http://localhost:3000").unwrap().as_deref(),
            Some("http://localhost:3000")
        );
        assert_eq!(of("none").unwrap(), None);
        for bad in [
            "app.example",
            "http://app.example",
            "https://app.example/x",
            "https://*",
            "https://*.example",
            "https://a b",
            "data:x",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
