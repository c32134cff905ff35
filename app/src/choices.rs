//! What a reader chooses for themselves: language and light. Kept in cookies; both are forms in the footer.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::failure::Failure;
use leptos::prelude::*;

/// Speaks another language from now on.
#[server(prefix = "/ask", endpoint = "choose-language")]
pub async fn choose_language(language: String, #[server(default)] back: String) -> Result<(), Failure> {
    use crate::server::{back_to, remember, send_on};
    if let Some(language) = crate::words::Language::from_code(&language) {
        remember("language", language.code());
    }
    send_on(back_to(&back));
    Ok(())
}

/// Shows the pages light, dark, or as the system has it.
#[server(prefix = "/ask", endpoint = "choose-theme")]
pub async fn choose_theme(theme: String, #[server(default)] back: String) -> Result<(), Failure> {
    use crate::server::{back_to, remember, send_on};
    if let Some(theme) = crate::asked::Theme::from_slug(&theme) {
        remember("theme", theme.slug());
    }
    send_on(back_to(&back));
    Ok(())
}
