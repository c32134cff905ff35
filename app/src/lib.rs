//! The portal as people see it.
#![recursion_limit = "512"]

use leptos::prelude::*;

pub mod asked;
pub mod failure;
#[cfg(feature = "ssr")]
pub mod server;
pub mod words;

/// Where the server functions answer: `POST {SERVER_FUNCTIONS}/…`.
pub const SERVER_FUNCTIONS: &str = "/ask";

/// The whole document around [`App`]. The server renders this for every page.
pub fn shell() -> impl IntoView {
    view! { <!DOCTYPE html><html><head></head><body><App/></body></html> }
}

/// The route table.
#[component]
pub fn App() -> impl IntoView {
    view! { <main></main> }
}
