//! Within another site's page: tells that page what happens here (`server/docs/EMBEDDING.md`, threats T67).
//!
//! Only origins that the app registered are ever told: the server names them in the page, and the browser's own word on who
//! is around us chooses among them.

use super::{all, document, window};
use js_sys::{Object, Reflect};
use std::cell::Cell;
use std::collections::BTreeSet;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDocument, HtmlElement, ResizeObserver, Window};

thread_local! {
    static HEIGHT: Cell<i32> = const { Cell::new(0) };
}

/// Is there a page around this one?
pub(super) fn is_framed() -> bool {
    around().is_some()
}

pub(super) fn start() {
    if !is_framed() {
        return;
    }
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-framed", "");
    }
    say("ready", &[]);
    if !all("[data-over]").is_empty() {
        say("expired", &[]);
    }
    watch_height();
    tell_steps();
}

/// The session is over: the page that says so takes this one's place, and tells it.
pub(super) fn over() {
    let _ = window().location().reload();
}

/// Steps that were not done when they were last looked at, and are now.
pub(super) fn tell_steps() {
    if is_framed() {
        all("[data-checklist]").iter().for_each(tell_checklist);
    }
}

fn tell_checklist(section: &Element) {
    let of = |name: &str| section.get_attribute(name).unwrap_or_default();
    let (checklist, steps) = (of("data-checklist"), of("data-steps-done"));
    let key = format!("done-{checklist}-{}", of("data-of"));
    let before = remembered(&key);
    remember(&key, &steps);
    let (Some(before), Ok(count)) = (before, of("data-steps").parse::<usize>()) else {
        return;
    };
    let known: BTreeSet<&str> = before.split_whitespace().collect();
    let done: BTreeSet<&str> = steps.split_whitespace().collect();
    for step in done.difference(&known) {
        say(
            "step_done",
            &[("checklist", checklist.as_str().into()), ("step", (*step).into())],
        );
    }
    if known.len() < count && done.len() == count {
        say("checklist_done", &[("checklist", checklist.as_str().into())]);
    }
}

/// From page to page, in a cookie of this frame's own: browsers that keep nothing else of a third party keep that.
fn remembered(key: &str) -> Option<String> {
    let cookies = page()?.cookie().ok()?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == key)
        .map(|(_, steps)| steps.replace('.', " "))
}

fn remember(key: &str, steps: &str) {
    if let Some(page) = page() {
        let steps = steps.replace(' ', ".");
        let _ = page.set_cookie(&format!(
            "{key}={steps}; Path=/setup; SameSite=None; Secure; Partitioned"
        ));
    }
}

fn page() -> Option<HtmlDocument> {
    document().dyn_into().ok()
}

fn watch_height() {
    let Some(body) = document().body() else { return };
    let measured = body.clone();
    let changed = Closure::<dyn FnMut()>::new(move || tell_height(&measured));
    if let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
        observer.observe(&body);
    }
    changed.forget();
}

fn tell_height(body: &HtmlElement) {
    let height = body.offset_height();
    if HEIGHT.replace(height) != height {
        say("resized", &[("height", height.into())]);
    }
}

/// `{source: "rollcall", type, …}` to the page around us.
fn say(kind: &str, more: &[(&str, JsValue)]) {
    let Some(parent) = around() else { return };
    let message = Object::new();
    let both = [("source", "rollcall".into()), ("type", kind.into())];
    for (name, value) in both.iter().chain(more) {
        let _ = Reflect::set(&message, &(*name).into(), value);
    }
    for origin in origins() {
        let _ = parent.post_message(&message, &origin);
    }
}

fn around() -> Option<Window> {
    let own = window();
    own.parent().ok()?.filter(|parent| *parent != own)
}

/// The one registered origin that is around us. A browser that does not say which it is delivers to the right one alone,
/// whichever we name.
fn origins() -> Vec<String> {
    let root = document().document_element();
    let registered = root.and_then(|root| root.get_attribute("data-embedded-by"));
    let registered = registered.unwrap_or_default();
    let around = ancestor().or_else(referrer);
    registered
        .split_whitespace()
        .filter(|origin| around.as_ref().is_none_or(|around| around == origin))
        .map(str::to_owned)
        .collect()
}

/// `location.ancestorOrigins[0]`, where the browser has it.
fn ancestor() -> Option<String> {
    let all = Reflect::get(&window().location(), &"ancestorOrigins".into()).ok()?;
    Reflect::get_u32(all.dyn_ref::<Object>()?, 0).ok()?.as_string()
}

/// Who led here, unless it was a page of ours.
fn referrer() -> Option<String> {
    let url = web_sys::Url::new(&document().referrer()).ok()?;
    let own = window().location().origin().ok()?;
    Some(url.origin()).filter(|origin| *origin != own)
}
