//! `rollcall bootstrap-link`

use clap::Args;
use serde_json::json;

use super::shop::Shop;
use super::show;
use crate::config::Config;
use crate::signin::bootstrap;

#[derive(Debug, Args)]
pub(super) struct Make {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn make(make: Make, config: &Config) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    let minutes = config.settings.bootstrap.link_minutes;
    let url = bootstrap::make_link(&shop.store, &shop.clock, &shop.randomness, config).await?;
    show(make.json, &json!({"url": url, "minutes": minutes}), || {
        url.clone()
    });
    eprintln_minutes(minutes);
    Ok(())
}

fn eprintln_minutes(minutes: u32) {
    use std::io::Write;
    let _ = writeln!(
        std::io::stderr(),
        "This link opens the console once, within {minutes} minutes."
    );
}
