//! A value to be pasted elsewhere: in full, in a monospace, with its button.

use super::copy_button;
use leptos::prelude::*;

/// The value and its button; `what` names it for the button.
pub fn copy_value(value: String, what: &str) -> AnyView {
    view! {
        <span class="copy-value">
            <code>{value.clone()}</code>
            {copy_button(value, what)}
        </span>
    }
    .into_any()
}

/// A value with its label above and where to paste it below, if that needs saying.
pub fn copy_field(label: &'static str, value: String, help: String) -> AnyView {
    view! {
        <div class="copy-field">
            <p class="label">{label}</p>
            {copy_value(value, label)}
            {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
        </div>
    }
    .into_any()
}
