//! Keeps every `<time>` of the page current, and tells it in the reader's own zone on hover.

use super::{all, document};
use crate::time;
use crate::words::Language;
use contract::Micros;
use js_sys::Date;
use std::cell::Cell;
use std::time::Duration;
use web_sys::Element;

thread_local! {
    /// How far the reader's clock is behind the server's.
    static BEHIND: Cell<Micros> = const { Cell::new(0) };
}

pub(super) fn start() {
    let sent = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-now"));
    if let Some(sent) = sent.and_then(|sent| sent.parse::<Micros>().ok()) {
        BEHIND.set(sent - micros(Date::now()));
    }
    tell_all();
    let _ = leptos::prelude::set_interval_with_handle(tell_all, Duration::from_secs(5));
}

/// Tells every time on the page anew.
pub(super) fn tell_all() {
    let language = document()
        .document_element()
        .and_then(|root| root.get_attribute("lang"))
        .unwrap_or_default();
    let words = Language::from_code(&language).unwrap_or_default().time();
    let now = micros(Date::now()) + BEHIND.get();
    for element in all("time[datetime]") {
        let Some(moment) = element.get_attribute("datetime") else {
            continue;
        };
        let date = Date::new(&moment.as_str().into());
        let told = time::relative(micros(date.get_time()), now, words);
        if element.text_content().as_deref() != Some(told.as_str()) {
            element.set_text_content(Some(&told));
        }
        tell_exactly(&element, &date, &language);
    }
}

fn tell_exactly(element: &Element, date: &Date, language: &str) {
    let zone = js_sys::Object::new();
    for (option, value) in [("dateStyle", "medium"), ("timeStyle", "long")] {
        let _ = js_sys::Reflect::set(&zone, &option.into(), &value.into());
    }
    let exactly = String::from(date.to_locale_string(language, &zone));
    if element.get_attribute("title").as_ref() != Some(&exactly) {
        let _ = element.set_attribute("title", &exactly);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds of a date fit by far"
)]
fn micros(milliseconds: f64) -> Micros {
    milliseconds as Micros * 1_000
}
