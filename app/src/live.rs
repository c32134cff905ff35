//! What follows along: a page that shows an organization asks for itself again when the server says that something
//! changed, and turns what stands there into what came, row by row (`browser/live.rs`, `browser/morph.rs`).
//!
//! There is one rendering of a page, on the server; the browser holds no second one, no data and no words for it. What
//! must outlive a refresh because the server would not send it again carries `data-kept`: a token shown once, a notice.

#![expect(
    missing_docs,
    reason = "an island's struct for its serialized props carries no docs of its own"
)]

use leptos::prelude::*;

/// Where the list of organizations listens.
pub fn follow_all() -> String {
    contract::live::all_path()
}

/// The sign that a page follows along, and what makes it so.
#[island]
pub fn Live(
    /// Where to listen.
    path: String,
    /// The word while the connection stands.
    live: String,
    /// The word while it does not.
    lost: String,
    /// What it means.
    what: String,
) -> impl IntoView {
    let connected = RwSignal::new(true);
    let word = move || {
        if connected.get() {
            live.clone()
        } else {
            lost.clone()
        }
    };
    #[cfg(feature = "hydrate")]
    crate::browser::live::follow(path, connected);
    #[cfg(not(feature = "hydrate"))]
    let _ = path;
    view! {
        <p class="live" class:lost=move || !connected.get() title=what>
            {word}
        </p>
    }
}
