//! Dialogs open by `commandfor` and `command`; browsers that do not know these yet are helped. A dialog that came open,
//! because its act was refused, becomes a modal one. A menu closes when one clicks elsewhere or presses Escape.

use super::{all, document, listen, nearest, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, KeyboardEvent};

pub(super) fn start() {
    for dialog in all("dialog[open]") {
        if let Some(dialog) = dialog.dyn_ref::<HtmlDialogElement>() {
            dialog.close();
            let _ = dialog.show_modal();
        }
    }
    if !knows_commands() {
        listen(&document(), "click", obey);
    }
    listen(&document(), "click", |event: Event| {
        close_menus(nearest(&event, "details.menu").as_ref())
    });
    listen(&document(), "keydown", |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close_menus(None);
        }
    });
}

fn knows_commands() -> bool {
    let button = js_sys::Reflect::get(&window(), &"HTMLButtonElement".into());
    let prototype = button.and_then(|button| js_sys::Reflect::get(&button, &"prototype".into()));
    prototype
        .and_then(|prototype| js_sys::Reflect::has(&prototype, &"commandForElement".into()))
        .unwrap_or(false)
}

fn obey(event: Event) {
    let Some(button) = nearest(&event, "button[commandfor]") else {
        return;
    };
    let dialog = button
        .get_attribute("commandfor")
        .and_then(|id| document().get_element_by_id(&id));
    let Some(dialog) = dialog.and_then(|found| found.dyn_into::<HtmlDialogElement>().ok()) else {
        return;
    };
    match button.get_attribute("command").as_deref() {
        Some("show-modal") => drop(dialog.show_modal()),
        _ => dialog.close(),
    }
}

fn close_menus(except: Option<&Element>) {
    for menu in all("details.menu[open]") {
        if except != Some(&menu) {
            let _ = menu.remove_attribute("open");
        }
    }
}
