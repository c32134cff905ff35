//! Users and groups: the lists, and the page of each one.

pub mod api;
pub mod group;
pub mod groups;
pub mod user;
pub mod users;

use crate::asked::words;
use crate::ui::{code_block, timestamp};
use contract::people::LastSent;
use leptos::prelude::*;

/// The body that the provider last sent, with its time above.
fn last_sent(last: Option<&LastSent>) -> AnyView {
    let words = words().people;
    let body = match last {
        None => view! { <p class="faint">{words.last_sent_none}</p> }.into_any(),
        Some(last) => {
            let caption = view! { {timestamp(last.at)} " · " {(words.last_sent_how)(&last.method)} };
            code_block(caption.into_any(), words.last_sent, last.body.clone())
        }
    };
    view! {
        <section class="card section" aria-labelledby="last-sent">
            <h2 id="last-sent">{words.last_sent}</h2>
            {body}
        </section>
    }
    .into_any()
}
