//! The browser's side of the pages, and the only module that exists in the browser alone.
//!
//! Nearly everything here listens at the document and looks for attributes, so that a row which arrived a moment ago
//! behaves like one that came with the page.

mod address;
mod clock;
mod copy;
mod dialogs;
mod embed;
pub mod live;
mod morph;
pub mod palette;
mod theme;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, convert::FromWasmAbi};
use web_sys::{Document, Element, Event, EventTarget, Window};

/// Begins to listen. Called once, when the islands are awake.
pub fn start() {
    address::tidy();
    clock::start();
    copy::start();
    dialogs::start();
    embed::start();
    theme::start();
}

fn window() -> Window {
    leptos::prelude::window()
}

fn document() -> Document {
    leptos::prelude::document()
}

/// Listens for as long as the page lives.
fn listen<E: FromWasmAbi + 'static>(target: &EventTarget, event: &str, heard: impl FnMut(E) + 'static) {
    let heard = Closure::<dyn FnMut(E)>::new(heard);
    let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    heard.forget();
}

/// The element that the event is about, or the nearest around it, that matches.
fn nearest(event: &Event, selector: &str) -> Option<Element> {
    event
        .target()?
        .dyn_into::<Element>()
        .ok()?
        .closest(selector)
        .ok()?
}

/// Every element that matches, in the order of the page.
fn all(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}
