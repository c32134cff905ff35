//! Doors: addresses that only lead on, the page for those without a session, and what stands where nothing is.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::act;
use crate::asked::{self, Asked, words};
use crate::failure::{self, Failure};
use crate::layout::{page, parameter, query};
use crate::link;
use crate::staff::api::invite_offer;
use crate::ui::{Kind, Tone, callout, copy_value, submit_button, timestamp};
use contract::Refusal;
use contract::staff::InviteOffer;
use leptos::prelude::*;
use leptos_meta::Title;

/// Why a sign-in with Microsoft did not work, as the address says it: `?failed=…`, perhaps with `&reference=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the sentence it stands for; the catalogue holds it"
)]
pub enum Failed {
    Cancelled,
    UnknownPerson,
    Expired,
    Consent,
    WrongTenant,
    Unavailable,
    Other,
}

impl Failed {
    /// All of them, with their words in an address.
    pub const ALL: [(Failed, &'static str); 7] = [
        (Failed::Cancelled, "cancelled"),
        (Failed::UnknownPerson, "unknown_person"),
        (Failed::Expired, "expired"),
        (Failed::Consent, "consent"),
        (Failed::WrongTenant, "wrong_tenant"),
        (Failed::Unavailable, "unavailable"),
        (Failed::Other, "other"),
    ];

    fn here() -> Option<Self> {
        let query = query();
        let word = query.get_str("failed")?;
        let found = Failed::ALL.into_iter().find(|(_, slug)| *slug == word);
        Some(found.map_or(Failed::Other, |(failed, _)| failed))
    }
}

/// Tells a sign-in that did not work, at the top of the page that it came back to.
pub fn failed_notice() -> Option<AnyView> {
    let failed = Failed::here()?;
    let told = (words().entrance.failed)(failed);
    let reference = act::reference(query().get_str("reference").unwrap_or_default());
    let body = view! {
        <p>{told.why} " " {told.what_to_do}</p>
        {(!reference.is_empty()).then(|| view! {
            <p class="reference">
                <span class="label">{words().refusals.reference}</span>
                {copy_value(reference.clone(), words().refusals.reference)}
            </p>
        })}
    };
    let notice = callout(Tone::Danger, told.title, body);
    Some(view! { <div class="ending" role="alert" data-kept="">{notice}</div> }.into_any())
}

/// The one button that leads to Microsoft, and back to a page of ours.
pub fn sign_in_form(return_to: String) -> AnyView {
    view! {
        <form method="post" action=link::sign_in().href()>
            <input type="hidden" name="return_to" value=return_to />
            {submit_button(Kind::Primary, words().entrance.sign_in)}
        </form>
    }
    .into_any()
}

/// `/join/{token}`: an invite to an app's team.
#[component]
pub fn JoinPage() -> impl IntoView {
    let token = parameter("token");
    page(async move {
        match invite_offer(token.clone()).await {
            Ok(offer) => Ok(invited(&offer, token)),
            Err(Failure(Refusal::NotFound)) => Ok(failure::plain(&words().entrance.invite_gone)),
            Err(other) => Err(other),
        }
    })
}

fn invited(offer: &InviteOffer, token: String) -> AnyView {
    let all = words();
    let words = all.entrance;
    let title = (words.invited)(&offer.app, (all.staff.role_word)(offer.role));
    let form = view! {
        <form method="post" action=link::sign_in().href()>
            <input type="hidden" name="invite" value=token />
            <input type="hidden" name="return_to" value=link::organizations().href() />
            {submit_button(Kind::Primary, words.sign_in)}
        </form>
    };
    let form = if asked::microsoft() {
        form.into_any()
    } else {
        callout(Tone::Warning, words.no_microsoft, ())
    };
    view! {
        <Title text=title.clone() />
        <section class="refusal">
            <h1>{title}</h1>
            {failed_notice()}
            <p>{words.invited_text}</p>
            <p class="second-line">{words.invite_ends} " " {timestamp(offer.expires_at)}</p>
            {form}
        </section>
    }
    .into_any()
}

/// `/`
#[component]
pub fn FrontDoor() -> impl IntoView {
    let to = if asked::setup().is_some() {
        "setup"
    } else if Asked::here().is_some_and(|asked| asked.viewer.is_some()) {
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

/// `/signed-out[?link=used][?failed=…&reference=…][&return_to=…]`: where a browser without a session ends up, or one whose one-time link no longer works.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    let refusals = words().refusals;
    let query = query();
    if query.get_str("link").is_some() {
        return failure::link_used(&refusals.link_used);
    }
    let back = query.get("return_to").and_then(|page| link::ours(&page));
    failure::signed_out(back.unwrap_or_else(link::organizations).href())
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
    use crate::server;
    server::send_on(match to.as_str() {
        "organizations" => link::organizations(),
        "signed-out" => link::signed_out(),
        "setup" => link::setup(),
        organization => link::directory_sync(organization),
    });
    Ok(())
}

/// Answers that there is nothing, with the status that says so.
#[server(prefix = "/ask", endpoint = "nothing-here")]
pub async fn nothing_here() -> Result<(), Failure> {
    crate::server::told(Err(Refusal::NotFound))
}
