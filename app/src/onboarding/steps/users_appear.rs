//! The last step is to look.

use crate::asked::words;
use crate::link;
use crate::ui::{Kind, link_button};
use contract::organizations::Organization;
use leptos::prelude::*;

pub(super) fn aids(organization: &Organization) -> AnyView {
    let href = link::users(&organization.id).href();
    view! { <p class="aids">{link_button(Kind::Secondary, href, words().onboarding.see_users)}</p> }
        .into_any()
}
