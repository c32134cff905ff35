//! Dialogs: the browser's own, opened by a button's `command`, closed by Escape, focus given back by the browser.

use super::{Kind, submit_button};
use crate::asked::words;
use crate::ui::field::{Field, field};
use leptos::prelude::*;

/// A dialog that asks before something happens.
#[derive(Default)]
pub struct Dialog {
    /// The dialog's id on the page.
    pub id: String,
    /// What is asked.
    pub title: String,
    /// What will happen, in sentences.
    pub body: Vec<AnyView>,
    /// Where its form is sent.
    pub action: &'static str,
    /// The form's controls.
    pub form: Option<AnyView>,
    /// What the button that does it looks like.
    pub kind: Kind,
    /// What it says.
    pub label: &'static str,
    /// Does it stand open when the page comes, because the act was refused?
    pub open: bool,
}

/// The dialog with its form.
pub fn dialog(asked: Dialog) -> AnyView {
    let Dialog {
        id,
        title,
        body,
        action,
        form,
        kind,
        label,
        open,
    } = asked;
    let titled = format!("{id}-title");
    let words = words().frame;
    let body: Vec<_> = body
        .into_iter()
        .map(|part| view! { <div class="dialog-part">{part}</div> })
        .collect();
    view! {
        <dialog id=id aria-labelledby=titled closedby="any" open=open>
            <form method="post" action=action>
                <h2 id=titled.clone()>{title}</h2>
                {body}
                {form}
                <div class="dialog-acts">
                    <button class="button" type="button" commandfor=id.clone() command="close">{words.cancel}</button>
                    {submit_button(kind, label)}
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

/// A field in which the name of what is to be destroyed must be typed. The browser compares by itself; the server compares again.
pub fn confirm_name(id: String, label: String, name: &str, error: Option<String>) -> AnyView {
    field(Field {
        id,
        name: "confirm_name",
        label,
        pattern: Some(exactly(name)),
        required: true,
        error,
        autocomplete: "off",
        ..Field::default()
    })
}

/// A pattern for `<input pattern>` that only this text matches. Outside of a class, the `v` flag wants exactly these escaped.
fn exactly(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "^$\\.*+?()[]{}|/".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::exactly;

    #[test]
    fn a_name_is_matched_as_it_stands() {
        assert_eq!(exactly("Acme (EU) a.b|c-d"), "Acme \\(EU\\) a\\.b\\|c-d");
    }
}
