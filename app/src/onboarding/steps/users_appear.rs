//! The last step is to look.

use crate::asked::{setup, words};
use crate::link;
use crate::ui::{Kind, link_button};
use contract::organizations::Organization;
use leptos::prelude::*;

pub(super) fn aids(organization: &Organization) -> AnyView {
    if setup().is_some() {
        return ().into_any();
    }
    let href = link::users(&organization.id).href();
    view! { <p class="aids">{link_button(Kind::Secondary, href, words().onboarding.see_users)}</p> }
        .into_any()
}
