//! A block of code or JSON as it came, with a button that copies it. Untrusted text, shown as text.

use super::copy_button;
use leptos::prelude::*;

/// A block under its own caption; `what` names it for the button.
pub fn code_block(caption: AnyView, what: &str, code: String) -> AnyView {
    let copied = code.clone();
    view! {
        <figure class="code-block">
            <figcaption>
                <span>{caption}</span>
                {copy_button(copied, what)}
            </figcaption>
            <pre tabindex="0"><code>{code}</code></pre>
        </figure>
    }
    .into_any()
}
