//! The choice of light or dark takes effect at once; the cookie makes the next page come that way.

use super::{all, document, embed, listen, nearest};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, SubmitEvent};

pub(super) fn start() {
    listen(&document(), "submit", |event: SubmitEvent| {
        let chosen = event.submitter().and_then(|button| button.get_attribute("value"));
        if let (Some(_), Some(theme)) = (nearest(&event, "[data-themes]"), chosen) {
            event.prevent_default();
            choose(&theme, event.submitter());
        }
    });
}

fn choose(theme: &str, chosen: Option<HtmlElement>) {
    let Some(root) = document().document_element() else {
        return;
    };
    let _ = match theme {
        "system" => root.remove_attribute("data-theme"),
        theme => root.set_attribute("data-theme", theme),
    };
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let site = match embed::is_framed() {
            true => "SameSite=None; Secure; Partitioned",
            false => "SameSite=Lax",
        };
        let _ = document.set_cookie(&format!("theme={theme}; Path=/; Max-Age=31536000; {site}"));
    }
    for button in all("[data-themes] button") {
        let pressed = chosen.as_ref().is_some_and(|chosen| **chosen == button);
        let _ = button.set_attribute("aria-pressed", if pressed { "true" } else { "false" });
    }
}
