//! The two values to paste, right after they were made. The token is shown this once.

use crate::asked::words;
use crate::link;
use crate::ui::{Kind, Tone, callout, copy_field, link_button};
use contract::directories::{Directory, Provider, ShownOnce};
use contract::organizations::Organization;
use leptos::prelude::*;

/// The panel above the directory. *I stored it* leads to the same page without it.
pub(super) fn panel(organization: &Organization, directory: &Directory, shown: &ShownOnce) -> AnyView {
    let all = words();
    let words = all.directories;
    let pasted = |field: &'static str| match directory.provider {
        Provider::EntraId => (words.pasted_as)(field),
        _ => String::new(),
    };
    view! {
        <section class="card secret" aria-labelledby="secret-title" data-kept="">
            <h2 id="secret-title">{(words.secret_title)(directory.provider.name())}</h2>
            {copy_field(words.endpoint_url, directory.endpoint_url.clone(), pasted(all.onboarding.tenant_url))}
            {copy_field(words.bearer_token, shown.bearer_token.clone(), pasted(all.onboarding.secret_token))}
            {callout(Tone::Warning, words.secret_text, view! { <p>{words.stored_text}</p> })}
            <div class="form-acts">
                {link_button(Kind::Primary, link::directory(&organization.id, &directory.id).href(), words.stored)}
            </div>
        </section>
    }
    .into_any()
}
