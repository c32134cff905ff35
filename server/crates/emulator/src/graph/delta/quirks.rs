//! The links of a page, and what goes wrong with pages on purpose (D3).

use axum::http::StatusCode;

use super::super::call::{Answer, Answered, Call};
use super::ask::Asked;
use super::token::Token;
use super::{Page, Set};

/// A refusal on purpose.
pub(super) fn refusal(_: &Call<'_>, _: Set, _: &Asked) -> Option<Answered> {
    None
}

/// Seconds by which an answer lags behind on purpose.
pub(super) fn lag(_: &Call<'_>) -> i64 {
    0
}

/// The answer: the items, and exactly one link.
pub(super) fn link(call: &Call<'_>, set: Set, page: Page, next: Token) -> Answer {
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
    let (base, set) = (&call.base, set.name());
    let text = format!(
        "{{\"@odata.context\":\"{base}/$metadata#{set}{selected}\",\"@odata.{name}\":\"{base}/{set}/delta?${option}={token}\",\
         \"value\":{}}}",
        page.items.text()
    );
    Answer {
        text: Some(text),
        ..Answer::new(StatusCode::OK, serde_json::Value::Null)
    }
}
