//! The links of a page, and what goes wrong with pages on purpose (D3).

use axum::http::StatusCode;
use serde_json::Value;

use super::super::call::{Answer, Answered, Call};
use super::token::Token;
use super::{Page, Set, gone, lost};
use crate::faults::Effect;

/// A refusal on purpose: the round must start again.
pub(super) fn refusal(call: &Call<'_>, set: Set, token: &Token) -> Option<Answered> {
    match call.met(|effect| matches!(effect, Effect::Resync | Effect::LostState))? {
        Effect::Resync => Some(Ok(gone(call, set, token))),
        _ => Some(Err(lost())),
    }
}

/// Seconds by which an answer lags behind on purpose.
pub(super) fn lag(call: &Call<'_>) -> i64 {
    match call.met(|effect| matches!(effect, Effect::Lag { .. })) {
        Some(Effect::Lag { seconds }) => i64::from(seconds),
        _ => 0,
    }
}

/// An empty page before this one.
pub(super) fn empty(call: &Call<'_>) -> bool {
    call.met(|effect| matches!(effect, Effect::EmptyPage)).is_some()
}

/// Items that come twice, or in another order.
fn disturb(call: &Call<'_>, page: &mut Page) {
    if page.items.len() == 0 {
        return;
    }
    if call.met(|effect| matches!(effect, Effect::Repeat)).is_some() {
        page.items.repeat();
    }
    if call.met(|effect| matches!(effect, Effect::Reorder)).is_some() {
        page.items.reorder();
    }
}

/// Where links lead: here, unless on purpose elsewhere.
fn base(call: &Call<'_>) -> String {
    match call.met(|effect| matches!(effect, Effect::ForeignLink { .. })) {
        Some(Effect::ForeignLink { origin }) => format!("{origin}/v1.0"),
        _ => call.base.clone(),
    }
}

/// The answer: the items, and exactly one link.
pub(super) fn answer(call: &Call<'_>, set: Set, mut page: Page, next: Token) -> Answer {
    disturb(call, &mut page);
    let (name, option) = if page.done {
        ("deltaLink", "deltatoken")
    } else {
        ("nextLink", "skiptoken")
    };
    let selected = next.select.as_ref();
    let selected = selected
        .map(|names| format!("({})", names.join(",")))
        .unwrap_or_default();
    let token = next.write(call.graph.now());
    let (own, to, set) = (&call.base, base(call), set.name());
    let text = format!(
        "{{\"@odata.context\":\"{own}/$metadata#{set}{selected}\",\
         \"@odata.{name}\":\"{to}/{set}/delta?${option}={token}\",\"value\":{}}}",
        page.items.text()
    );
    Answer {
        text: Some(text),
        ..Answer::new(StatusCode::OK, Value::Null)
    }
}
