//! The endpoint URL can be copied again at any time, the bearer token only when it was made.

use super::enterprise_applications;
use crate::asked::words;
use crate::ui::copy_field;
use contract::directories::Directory;
use leptos::prelude::*;

pub(super) fn aids(directory: &Directory) -> AnyView {
    let words = words().onboarding;
    view! {
        {copy_field(words.tenant_url, directory.endpoint_url.clone(), String::new())}
        <div class="copy-field">
            <p class="label">{words.secret_token}</p>
            <p class="help">{words.token_hidden}</p>
        </div>
        {enterprise_applications()}
    }
    .into_any()
}
