//! A sentence of the catalogue in which `**names**` stand out. Only the catalogue's own text goes through here.

use leptos::prelude::*;

/// The sentence with its names set off.
pub fn prose(text: &'static str) -> AnyView {
    let parts: Vec<AnyView> = text
        .split("**")
        .enumerate()
        .map(|(index, part)| {
            if index % 2 == 1 {
                view! { <strong>{part}</strong> }.into_any()
            } else {
                part.into_any()
            }
        })
        .collect();
    parts.into_any()
}
