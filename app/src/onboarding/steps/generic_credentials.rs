//! Every provider asks for these two, each by names of its own.

use crate::asked::words;
use crate::ui::copy_field;
use contract::directories::Directory;
use leptos::prelude::*;

pub(super) fn aids(directory: &Directory) -> AnyView {
    let all = words();
    view! {
        {copy_field(all.directories.endpoint_url, directory.endpoint_url.clone(), String::new())}
        <div class="copy-field">
            <p class="label">{all.directories.bearer_token}</p>
            <p class="help">{all.onboarding.token_hidden}</p>
        </div>
    }
    .into_any()
}
