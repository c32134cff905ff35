//! Buttons: what sends a form, what opens a dialog, what copies, and links that look like one of them.

use super::icon;
use crate::asked::words;
use leptos::prelude::*;

/// How much a button calls for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// One of several things.
    #[default]
    Secondary,
    /// Beside other things.
    Quiet,
    /// Ends or destroys something.
    Danger,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Kind::Primary => "button primary",
            Kind::Secondary => "button",
            Kind::Quiet => "button quiet",
            Kind::Danger => "button danger",
        }
    }
}

/// Sends the form it stands in.
pub fn submit_button(kind: Kind, label: &'static str) -> AnyView {
    view! { <button class=kind.class() type="submit">{label}</button> }.into_any()
}

/// Leads to another page.
pub fn link_button(kind: Kind, href: String, label: &'static str) -> AnyView {
    view! { <a class=kind.class() href=href>{label}</a> }.into_any()
}

/// Opens a dialog of this page, without script where the browser knows how.
pub fn open_button(kind: Kind, dialog: String, label: &'static str) -> AnyView {
    view! {
        <button class=kind.class() type="button" commandfor=dialog command="show-modal" aria-haspopup="dialog">
            {label}
        </button>
    }
    .into_any()
}

/// Copies a value; `what` names it for those who do not see where the button stands.
pub fn copy_button(value: String, what: &str) -> AnyView {
    let words = words().frame;
    view! {
        <button class="button quiet copy" type="button" data-copy=value aria-label=(words.copy_what)(what)
            data-copied=words.copied data-failed=words.copy_failed>
            {icon("copy")}
            <span data-label="">{words.copy}</span>
        </button>
    }
    .into_any()
}
