//! A moment: how long ago, and on hover exactly when. The browser keeps it current and tells it in the reader's zone.

use crate::asked::{now, words};
use crate::time;
use contract::Micros;
use leptos::prelude::*;

/// A moment that is known.
pub fn timestamp(at: Micros) -> AnyView {
    let words = words().time;
    view! {
        <time datetime=time::rfc3339(at) title=time::absolute(at, words)>{time::relative(at, now(), words)}</time>
    }
    .into_any()
}

/// A moment, or a word for there being none.
pub fn timestamp_or(at: Option<Micros>, none: &'static str) -> AnyView {
    match at {
        Some(at) => timestamp(at),
        None => view! { <span class="faint">{none}</span> }.into_any(),
    }
}
