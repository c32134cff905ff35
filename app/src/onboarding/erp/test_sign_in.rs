//! The last step: sign in as the service user, and read what Microsoft answers.

use super::Shown;
use super::ways::{go, leave, plan};
use crate::asked::words;
use crate::link;
use crate::ui::{Kind, code_block, copy_field, copy_value, fact, facts};
use contract::onboarding::ErpStep;
use contract::onboarding::erp::TestOutcome;
use leptos::prelude::*;

const STEP: ErpStep = ErpStep::TestSignIn;

pub(super) fn body(shown: &Shown) -> AnyView {
    let words = words().erp;
    let known = &shown.erp.facts;
    let act = match (&known.app, &known.service_user) {
        (None, _) => view! { <p class="help">{words.app_missing}</p> }.into_any(),
        (_, None) => view! { <p class="help">{words.user_first}</p> }.into_any(),
        (Some(_), Some(user)) => view! {
            {copy_field(words.chosen, user.address.clone(), String::new())}
            {leave(shown, &link::test_sign_in(), STEP, Kind::Primary, words.test)}
        }
        .into_any(),
    };
    let outcome = known.test.as_ref().map(|test| result(&test.outcome));
    view! {
        {outcome}
        {go("test-sign-in", plan(words.test_plan), act)}
    }
    .into_any()
}

/// What the token said, in plain words; or Microsoft's own text.
fn result(outcome: &TestOutcome) -> Option<AnyView> {
    let words = words().erp;
    match outcome {
        TestOutcome::Passed {
            tenant_id,
            object_id,
            address,
            roles,
        } => {
            let carried = if roles.is_empty() {
                words.token_no_roles.into_any()
            } else {
                view! { <code>{roles.join(", ")}</code> }.into_any()
            };
            let rows = vec![
                fact(words.user_name, view! { <bdi>{address.clone()}</bdi> }.into_any()),
                fact(words.tenant_id, copy_value(tenant_id.clone(), words.tenant_id)),
                fact(words.object_id, copy_value(object_id.clone(), words.object_id)),
                fact(words.token_roles, carried),
            ];
            Some(
                view! { <div class="told"><p class="label">{words.test_result}</p> {facts(rows)}</div> }
                    .into_any(),
            )
        }
        TestOutcome::Other { code, description } if !description.is_empty() => {
            let caption = code.map_or_else(String::new, |code| format!("AADSTS{code}"));
            let caption = view! { {words.code} " " <code>{caption}</code> };
            Some(code_block(caption.into_any(), words.code, description.clone()))
        }
        _ => None,
    }
}
