//! The fourth step: the app role on the service user.

use super::Shown;
use super::consent::client_id;
use super::ways::{by_hand, do_it, enterprise_applications, hand_over, script, undo};
use crate::asked::words;
use crate::onboarding::api::AssignRole;
use crate::ui::{Kind, copy_field, submit_button};
use contract::onboarding::ErpStep;
use contract::onboarding::erp::{ErpApp, ServiceUser};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const STEP: ErpStep = ErpStep::AppRole;

pub(super) fn body(shown: &Shown) -> AnyView {
    let known = &shown.erp.facts;
    let made = known
        .role
        .as_ref()
        .is_some_and(|role| role.assigned && role.made_by_us);
    view! {
        {undo(shown, STEP, made)}
        {offer(shown)}
        {script(shown, STEP)}
        {by_hand(STEP, Some(enterprise_applications()), values(shown))}
    }
    .into_any()
}

fn offer(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    let known = &shown.erp.facts;
    match (&known.app, &known.service_user) {
        _ if known.role.as_ref().is_some_and(|role| role.assigned) => None,
        (None, _) => Some(view! { <p class="help">{words.app_missing}</p> }.into_any()),
        (_, None) => Some(view! { <p class="help">{words.user_first}</p> }.into_any()),
        (Some(app), Some(user)) => assign(shown, app, user),
    }
}

fn assign(shown: &Shown, app: &ErpApp, user: &ServiceUser) -> Option<AnyView> {
    let words = words().erp;
    let may = &shown.erp.can.assign_role;
    let plan = view! { <p>{(words.assign_plan)(&app.role, &user.address)}</p> };
    let act = match may {
        Err(_) => hand_over(shown, STEP, may)?,
        Ok(()) => view! {
            <form method="post" action=AssignRole::PATH>
                <input type="hidden" name="organization" value=shown.organization.id.clone() />
                {submit_button(Kind::Primary, words.assign)}
            </form>
        }
        .into_any(),
    };
    do_it("app-role", plan.into_any(), act)
}

fn values(shown: &Shown) -> AnyView {
    let words = words().erp;
    let known = &shown.erp.facts;
    let role = known
        .app
        .as_ref()
        .map(|app| copy_field(words.app_role, app.role.clone(), String::new()));
    let user = known
        .service_user
        .as_ref()
        .map(|user| copy_field(words.chosen, user.address.clone(), String::new()));
    view! { {client_id(shown)} {role} {user} }.into_any()
}
