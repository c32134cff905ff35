//! The first step: whose tenant it is, and as whom the next steps act.

use super::Shown;
use super::ways::{go, leave, plan, role_names};
use crate::asked::words;
use crate::link;
use crate::ui::{Kind, copy_value, fact, facts};
use contract::onboarding::ErpStep;
use leptos::prelude::*;

pub(super) fn body(shown: &Shown) -> AnyView {
    let words = words().erp;
    let (kind, label) = match &shown.erp.facts.admin {
        Some(_) => (Kind::Secondary, words.sign_in_again),
        None => (Kind::Primary, words.sign_in),
    };
    let act = leave(shown, &link::admin_sign_in(), ErpStep::SignIn, kind, label);
    view! {
        {known(shown)}
        {go("sign-in", plan(words.sign_in_plan), act)}
    }
    .into_any()
}

fn known(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    let mut rows = Vec::new();
    if let Some(admin) = &shown.erp.facts.admin {
        let who = format!("{} ({})", admin.name, admin.address);
        rows.push(fact(words.signed_in_as, view! { <bdi>{who}</bdi> }.into_any()));
        let roles = view! { <bdi>{role_names(&admin.roles)}</bdi> };
        rows.push(fact(words.directory_roles, roles.into_any()));
    }
    if let Some(tenant) = &shown.erp.facts.tenant {
        rows.push(fact(
            words.tenant,
            view! { <bdi>{tenant.name.clone()}</bdi> }.into_any(),
        ));
        rows.push(fact(
            words.tenant_id,
            copy_value(tenant.id.clone(), words.tenant_id),
        ));
    }
    (!rows.is_empty()).then(|| facts(rows))
}
