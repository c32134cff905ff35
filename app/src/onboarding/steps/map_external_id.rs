//! The one row of the mapping to change: what Entra has there, and what belongs there (entra-facts A6).

use super::enterprise_applications;
use crate::asked::words;
use crate::ui::{cell, copy_value, heading, row_heading, table};
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    let words = words().onboarding;
    let head = view! {
        {heading(words.target)}
        {heading(words.change_from)}
        {heading(words.change_to)}
    };
    let row = view! {
        <tr>
            {row_heading(view! { <code>"externalId"</code> }.into_any())}
            {cell(words.change_from, view! { <del class="diff-old">"mailNickname"</del> }.into_any())}
            {cell(words.change_to, copy_value("objectId".to_owned(), "objectId"))}
        </tr>
    };
    view! {
        {table(words.source, head.into_any(), row.into_any())}
        {enterprise_applications()}
    }
    .into_any()
}
