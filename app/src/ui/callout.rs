//! A callout: a few sentences that stand out, for what went well or wrong and what to know before acting.

use super::icon;
use leptos::prelude::*;

/// What a callout means. Its icon and its words say the same as its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// Good to know.
    Notice,
    /// Worth attention.
    Warning,
    /// Refused or broken.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Good => "callout good",
            Tone::Notice => "callout notice",
            Tone::Warning => "callout warning",
            Tone::Danger => "callout danger",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Tone::Good => "done",
            Tone::Notice => "info",
            Tone::Warning => "warning",
            Tone::Danger => "failed",
        }
    }
}

/// A callout with a title and, below it, whatever belongs to it.
pub fn callout(tone: Tone, title: impl Into<String>, body: impl IntoView + 'static) -> AnyView {
    let title: String = title.into();
    view! {
        <div class=tone.class()>
            {icon(tone.icon())}
            <div class="callout-text">
                <p class="callout-title">{title}</p>
                {body.into_any()}
            </div>
        </div>
    }
    .into_any()
}
