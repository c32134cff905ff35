//! Doors: addresses that only lead on, the page for those without a session, and what stands where nothing is.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::asked::{Asked, words};
use crate::failure::{self, Failure};
use crate::layout::{page, parameter, query};
use leptos::prelude::*;

/// `/`
#[component]
pub fn FrontDoor() -> impl IntoView {
    let to = if Asked::here().is_some_and(|asked| asked.viewer.is_some()) {
        "organizations"
    } else {
        "signed-out"
    };
    page(async move {
        lead_on(to.to_owned()).await?;
        Ok(().into_any())
    })
}

/// `/organizations/{organization}`
#[component]
pub fn OrganizationDoor() -> impl IntoView {
    let id = parameter("organization");
    page(async move {
        lead_on(id).await?;
        Ok(().into_any())
    })
}

/// `/signed-out[?link=used]`: where a browser without a session ends up, or one whose one-time link no longer works.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    let refusals = words().refusals;
    failure::signed_out(if query().get_str("link").is_some() {
        &refusals.link_used
    } else {
        &refusals.signed_out
    })
}

/// Any address that no route has.
#[component]
pub fn NothingHere() -> impl IntoView {
    page(async {
        nothing_here().await?;
        Ok(().into_any())
    })
}

/// Sends a browser from a door to the page behind it.
#[server(prefix = "/ask", endpoint = "lead-on")]
pub async fn lead_on(to: String) -> Result<(), Failure> {
    use crate::{link, server};
    server::send_on(match to.as_str() {
        "organizations" => link::organizations(),
        "signed-out" => link::signed_out(),
        organization => link::directory_sync(organization),
    });
    Ok(())
}

/// Answers that there is nothing, with the status that says so.
#[server(prefix = "/ask", endpoint = "nothing-here")]
pub async fn nothing_here() -> Result<(), Failure> {
    crate::server::told(Err(contract::Refusal::NotFound))
}
