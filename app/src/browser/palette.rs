//! What the command palette asks of the browser.

use super::{document, listen, window};
use web_sys::KeyboardEvent;

/// Calls on Ctrl or ⌘ K, from anywhere on the page.
pub fn on_shortcut(open: impl Fn() + 'static) {
    listen(&document(), "keydown", move |event: KeyboardEvent| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open();
        }
    });
}

/// The organization whose page one is on, or nothing.
pub fn here() -> String {
    let path = window().location().pathname().unwrap_or_default();
    let segment = path.split('/').nth(2).unwrap_or_default();
    if segment.starts_with("org_") {
        segment.to_owned()
    } else {
        String::new()
    }
}

/// Goes to a page.
pub fn go(href: &str) {
    let _ = window().location().set_href(href);
}
