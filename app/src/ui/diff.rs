//! Old and new, attribute by attribute.

use super::{cell, heading, row_heading, table};
use crate::asked::words;
use contract::activity::Change;
use leptos::prelude::*;

/// A table of changes: the attribute, what it was, what it is.
pub fn diff(changes: &[Change]) -> AnyView {
    let words = words().activity;
    let rows: Vec<_> = changes
        .iter()
        .map(|change| {
            view! {
                <tr>
                    {row_heading(view! { <code>{change.path.clone()}</code> }.into_any())}
                    {cell(words.old, side("old", change.old.clone(), words.not_set))}
                    {cell(words.new, side("new", change.new.clone(), words.not_set))}
                </tr>
            }
        })
        .collect();
    let head = view! { {heading(words.attribute)} {heading(words.old)} {heading(words.new)} }.into_any();
    table(words.entry_changes, head, rows.into_any())
}

fn side(class: &'static str, value: Option<String>, not_set: &'static str) -> AnyView {
    match value {
        Some(value) if class == "old" => view! { <del class="diff-old">{value}</del> }.into_any(),
        Some(value) => view! { <ins class="diff-new">{value}</ins> }.into_any(),
        None => view! { <span class="faint">{not_set}</span> }.into_any(),
    }
}
