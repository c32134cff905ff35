//! Support and people's data: the form that wants a reason, and the banner while a look lasts.

pub mod api;

use crate::act::{Act, refusal_of};
use crate::asked::words;
use crate::failure::in_field;
use crate::layout::{ending, notice, this_page};
use crate::link;
use crate::ui::{Field, Kind, Tone, callout, field, link_button, submit_button, timestamp};
use api::{BeginSupportView, EndSupportView};
use contract::support_views::{MINUTES, SupportView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form that stands where the data would: why, and for how long.
pub fn ask_reason(organization: &str) -> AnyView {
    let words = words().support_views;
    let ending = ending();
    let refused = refusal_of(ending.as_ref(), Act::BeginSupportView);
    view! {
        {notice(ending.as_ref())}
        <form class="card form" method="post" action=BeginSupportView::PATH>
            <input type="hidden" name="organization" value=organization.to_owned() />
            <input type="hidden" name="back" value=this_page() />
            {field(Field {
                id: "reason".to_owned(),
                name: "reason",
                label: words.reason.to_owned(),
                help: Some(words.reason_help),
                value: refused.as_ref().map(|refused| refused.entered.clone()).unwrap_or_default(),
                required: true,
                error: refused.as_ref().and_then(in_field),
                autocomplete: "off",
                ..Field::default()
            })}
            {how_long()}
            <div class="form-acts">
                {submit_button(Kind::Primary, words.begin)}
                {link_button(Kind::Quiet, link::directory_sync(organization).href(), words.back)}
            </div>
        </form>
    }
    .into_any()
}

fn how_long() -> AnyView {
    let words = words().support_views;
    let options: Vec<_> = MINUTES
        .into_iter()
        .map(|minutes| view! { <option value=minutes.to_string()>{(words.minutes)(minutes)}</option> })
        .collect();
    view! {
        <div class="field">
            <label for="minutes">{words.how_long}</label>
            <select id="minutes" name="minutes">{options}</select>
        </div>
    }
    .into_any()
}

/// What support is told while it sees people's data: why, until when, and how to end it.
pub fn banner(organization: &str, view: &SupportView) -> AnyView {
    let words = words().support_views;
    let reason = view.reason.clone();
    let body = view! {
        <p>{words.because} " " <bdi>{reason}</bdi> " · " {words.ends} " " {timestamp(view.until)}</p>
        <form method="post" action=EndSupportView::PATH>
            <input type="hidden" name="organization" value=organization.to_owned() />
            {submit_button(Kind::Secondary, words.end_now)}
        </form>
    };
    callout(Tone::Notice, words.banner, body)
}
