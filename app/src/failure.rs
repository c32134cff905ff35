//! A refusal on its way through Leptos, and how a page tells it: what happened, why, what to do, and the reference.

use crate::act::Refused;
use crate::asked::{self, words};
use crate::entrance::{failed_notice, sign_in_form};
use crate::layout::this_page;
use crate::link;
use crate::setup;
use crate::support_views;
use crate::ui::{Kind, Tone, callout, copy_value, link_button};
use crate::words::refusals::Told;
use contract::Refusal;
use contract::refusal::Why;
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::ServerFnErrorErr;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What a server function answers when the answer is no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure(pub Refusal);

impl Failure {
    /// The question never reached the portal.
    pub fn unavailable() -> Self {
        Failure(Refusal::Unavailable {
            reference: String::new(),
        })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    /// What cannot be read is a form that is none of ours; anything else is a fault, and its text is not for readers.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr::{Args, Deserialization, MissingArg};
        match error {
            Args(_) | MissingArg(_) | Deserialization(_) => {
                Failure(Refusal::invalid("form", Why::NotOffered))
            }
            _ => Failure::unavailable(),
        }
    }
}

/// The page that stands where the asked one would.
pub fn page(failure: &Failure) -> AnyView {
    match &failure.0 {
        Refusal::NotSignedIn if this_page().starts_with("/setup") => setup::no_session(),
        Refusal::NotSignedIn => signed_out(this_page()),
        Refusal::NeedsReason { organization } => {
            whole(told(&failure.0), support_views::ask_reason(organization))
        }
        Refusal::SignInAgain { .. } => whole(told(&failure.0), prove_again()),
        refusal => whole(
            told(refusal),
            view! {
                {reference(refusal)}
                <p class="acts">
                    {home_button()}
                </p>
            }
            .into_any(),
        ),
    }
}

/// The page for those without a session: how to get one, and come back to where they wanted to go.
pub fn signed_out(return_to: String) -> AnyView {
    let told = &words().refusals.signed_out;
    if !asked::microsoft() {
        return whole(told, way_in(false));
    }
    view! {
        <Title text=told.title />
        <section class="refusal">
            <h1>{told.title}</h1>
            {failed_notice()}
            <p>{told.why}</p>
            <p>{words().entrance.what_to_do}</p>
            {sign_in_form(return_to)}
        </section>
    }
    .into_any()
}

/// The page for those whose one-time link no longer works.
pub fn link_used(told: &'static Told) -> AnyView {
    whole(told, way_in(false))
}

/// A page that only tells.
pub fn plain(told: &'static Told) -> AnyView {
    whole(told, ().into_any())
}

/// How to prove once more who one is: with Microsoft where that is configured, else by a new one-time link.
fn prove_again() -> AnyView {
    if !asked::microsoft() {
        return way_in(true);
    }
    let form = match asked::setup() {
        None => sign_in_form(this_page()),
        Some(reach) => setup::away(
            &link::admin_sign_in(),
            &reach.organization,
            this_page(),
            Kind::Primary,
            words().entrance.sign_in,
        ),
    };
    view! { <p>{words().entrance.prove}</p> {form} }.into_any()
}

/// A refused act, told at the top of the page it was asked on.
pub fn notice(refused: &Refused) -> AnyView {
    let refusals = words().refusals;
    let body = match &refused.refusal {
        Refusal::Invalid { why, .. } | Refusal::Conflict { why } => {
            view! { <p>{(refusals.why)(*why)}</p> }.into_any()
        }
        Refusal::SignInAgain { within_minutes } => view! {
            <p>{(refusals.sign_in_again_within)(*within_minutes)} " " {refusals.sign_in_again.why}</p>
            {prove_again()}
        }
        .into_any(),
        other => {
            let told = told(other);
            view! { <p>{told.title} ". " {told.why} " " {told.what_to_do}</p> {reference(other)} }.into_any()
        }
    };
    callout(Tone::Danger, (refusals.not_done)(refused.act), body)
}

/// What is wrong with the field that the refusal is about, to be said beside it.
pub fn in_field(refused: &Refused) -> Option<String> {
    match &refused.refusal {
        Refusal::Invalid { why, .. } | Refusal::Conflict { why } => {
            Some((words().refusals.why)(*why).to_owned())
        }
        _ => None,
    }
}

fn told(refusal: &Refusal) -> &'static Told {
    let refusals = words().refusals;
    match refusal {
        Refusal::NotSignedIn => &refusals.signed_out,
        Refusal::SignInAgain { .. } => &refusals.sign_in_again,
        Refusal::Forbidden => &refusals.forbidden,
        Refusal::NeedsReason { .. } => &refusals.needs_reason,
        Refusal::NotFound => &refusals.not_found,
        Refusal::Invalid { .. } => &refusals.invalid,
        Refusal::Conflict { .. } => &refusals.conflict,
        Refusal::Unavailable { .. } => &refusals.unavailable,
    }
}

fn whole(told: &'static Told, more: AnyView) -> AnyView {
    view! {
        <Title text=told.title />
        <section class="refusal">
            <h1>{told.title}</h1>
            <p>{told.why}</p>
            <p>{told.what_to_do}</p>
            {more}
        </section>
    }
    .into_any()
}

/// The way to where the reader's pages begin.
fn home_button() -> AnyView {
    match asked::setup() {
        None => link_button(
            Kind::Secondary,
            link::organizations().href(),
            words().organizations.title,
        ),
        Some(_) => link_button(Kind::Secondary, link::setup().href(), words().setup.home),
    }
}

/// How to get a session: the command, where to run it, and what then.
fn way_in(come_back: bool) -> AnyView {
    let refusals = words().refusals;
    view! {
        <ol class="steps-in">
            <li>{refusals.run_command} {copy_value(refusals.command.to_owned(), refusals.command)}</li>
            <li>{refusals.open_link}</li>
            {come_back.then(|| view! { <li>{refusals.come_back}</li> })}
        </ol>
    }
    .into_any()
}

fn reference(refusal: &Refusal) -> Option<AnyView> {
    let words = words().refusals;
    match refusal {
        Refusal::Unavailable { reference } if !reference.is_empty() => Some(
            view! {
                <p class="reference">
                    <span class="label">{words.reference}</span>
                    {copy_value(reference.clone(), words.reference)}
                </p>
            }
            .into_any(),
        ),
        _ => None,
    }
}
