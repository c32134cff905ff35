//! Buttons with `data-copy` copy it, say so, and say so to those who do not see it.

use super::{document, listen, nearest, window};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event};

pub(super) fn start() {
    listen(&document(), "click", |event: Event| {
        if let Some(button) = nearest(&event, "[data-copy]") {
            spawn_local(copy(button));
        }
    });
}

async fn copy(button: Element) {
    let value = button.get_attribute("data-copy").unwrap_or_default();
    let copied = write(&value).await.is_ok();
    if !copied {
        select(&button);
    }
    let told = button
        .get_attribute(if copied { "data-copied" } else { "data-failed" })
        .unwrap_or_default();
    say(&button, &told, if copied { "copied" } else { "failed" });
}

/// Without https there is no clipboard: then the value is marked, and Ctrl or ⌘ C does the rest.
async fn write(value: &str) -> Result<(), JsValue> {
    let navigator = window().navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(navigator.clipboard().write_text(value))
        .await
        .map(|_| ())
}

fn select(button: &Element) {
    let value = button.previous_element_sibling();
    if let (Some(value), Ok(Some(selection))) = (value, window().get_selection()) {
        let _ = selection.select_all_children(&value);
    }
}

fn say(button: &Element, told: &str, state: &str) {
    let Ok(Some(label)) = button.query_selector("[data-label]") else {
        return;
    };
    if button.has_attribute("data-state") {
        return;
    }
    let before = label.text_content();
    label.set_text_content(Some(told));
    let _ = button.set_attribute("data-state", state);
    announce(told);
    let button = button.clone();
    leptos::prelude::set_timeout(
        move || {
            label.set_text_content(before.as_deref());
            let _ = button.remove_attribute("data-state");
            announce("");
        },
        Duration::from_secs(2),
    );
}

fn announce(told: &str) {
    if let Some(place) = document().get_element_by_id("announced") {
        place.set_text_content(Some(told));
    }
}
