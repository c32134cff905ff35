//! A form's field: label above, help below, what is wrong in place.

use super::icon;
use leptos::prelude::*;

/// A text field. What is left out by `..Field::default()` is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// The control's id on the page.
    pub id: String,
    /// The parameter it is sent as.
    pub name: &'static str,
    /// `text` unless something else is said.
    pub kind: Option<&'static str>,
    /// What it is called.
    pub label: String,
    /// What to enter, below.
    pub help: Option<&'static str>,
    /// What stands in it.
    pub value: String,
    /// The pattern it must match.
    pub pattern: Option<String>,
    /// Must something stand in it?
    pub required: bool,
    /// What is wrong with what was entered.
    pub error: Option<String>,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
}

/// The field with all that belongs to it.
pub fn field(asked: Field) -> AnyView {
    let Field {
        id,
        name,
        kind,
        label,
        help,
        value,
        pattern,
        required,
        error,
        autocomplete,
    } = asked;
    let help_id = help.map(|_| format!("{id}-help"));
    let error_id = error.as_ref().map(|_| format!("{id}-error"));
    let described: Vec<String> = error_id.iter().chain(&help_id).cloned().collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=name type=kind.unwrap_or("text") value=value pattern=pattern required=required
                maxlength="200" autocomplete=autocomplete spellcheck="false"
                aria-describedby=described aria-invalid=error.is_some().then_some("true") />
            {error.map(|error| view! { <p class="field-error" id=error_id>{icon("failed")} {error}</p> })}
            {help.map(|help| view! { <p class="help" id=help_id>{help}</p> })}
        </div>
    }
    .into_any()
}
