//! A block of code or JSON as it came, with a button that copies it. Untrusted text, shown as text.

use super::copy_button;
use leptos::prelude::*;

/// A block under its own caption.
pub fn code_block(caption: String, code: String) -> AnyView {
    let copied = code.clone();
    view! {
        <figure class="code-block">
            <figcaption>
                <span>{caption.clone()}</span>
                {copy_button(copied, &caption)}
            </figcaption>
            <pre tabindex="0"><code>{code}</code></pre>
        </figure>
    }
    .into_any()
}
