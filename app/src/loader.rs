//! What a page loads: styles, then the islands' WASM when the browser has a moment.
//!
//! Leptos' own `HydrationScripts` would do, but reads the file's hashes from disk, gives its preload links no nonce,
//! so that a strict Content-Security-Policy refuses them, and does not say when it is done.

use crate::asked::Site;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Loads the islands: walks the page once, hands each `<leptos-island>` to the function of its name, and then says so.
const SCRIPT: &str = include_str!("loader.js");

/// The part of the head that loads styles and islands.
pub fn head(site: &Site) -> AnyView {
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    view! {
        <link rel="stylesheet" href=site.stylesheet.clone() />
        <link rel="icon" type="image/svg+xml" href=site.favicon.clone() />
        <link rel="modulepreload" href=site.script.clone() nonce=nonce.clone() />
        <link rel="preload" href=site.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce data-script=site.script.clone() data-wasm=site.wasm.clone()>
            {SCRIPT}
        </script>
    }
    .into_any()
}
