//! A new application starts in Entra's gallery; its name is one that an admin will recognize later.

use super::elsewhere;
use crate::asked::words;
use crate::ui::copy_field;
use contract::organizations::Organization;
use leptos::prelude::*;

pub(super) fn aids(organization: &Organization) -> AnyView {
    let words = words().onboarding;
    view! {
        {copy_field(words.app_name, organization.app.name.clone(), String::new())}
        {elsewhere("Microsoft_AAD_IAM/AppGalleryBladeV2", words.open_new_app)}
    }
    .into_any()
}
