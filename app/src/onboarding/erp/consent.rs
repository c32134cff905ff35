//! The third step: consent for the whole tenant, and which permissions it granted, name by name.

use super::Shown;
use super::ways::{by_hand, do_it, enterprise_applications, hand_over, leave, plan, script};
use crate::asked::words;
use crate::link;
use crate::ui::{Kind, cell, copy_field, heading, row_heading, table};
use contract::onboarding::ErpStep;
use contract::onboarding::erp::{Permission, PermissionKind};
use leptos::prelude::*;

const STEP: ErpStep = ErpStep::AdminConsent;

pub(super) fn body(shown: &Shown) -> AnyView {
    let words = words().erp;
    let known = &shown.erp.facts;
    let proven = known
        .consent
        .as_ref()
        .is_some_and(|consent| consent.proven_at.is_some());
    let kind = if proven { Kind::Secondary } else { Kind::Primary };
    let act = view! {
        {hand_over(shown, STEP, &shown.erp.can.consent)}
        {known.app.is_some().then(|| leave(shown, &link::consent(), STEP, kind, words.consent))}
        {known.app.is_none().then(|| view! { <p class="help">{words.app_missing}</p> })}
    };
    view! {
        {permissions(shown)}
        {do_it("admin-consent", plan(words.consent_plan), act.into_any())}
        {script(shown, STEP)}
        {by_hand(STEP, Some(enterprise_applications()), client_id(shown).into_any())}
    }
    .into_any()
}

/// The value by which the application is found in Entra.
pub(super) fn client_id(shown: &Shown) -> Option<AnyView> {
    let app = shown.erp.facts.app.as_ref()?;
    Some(copy_field(
        words().erp.client_id,
        app.client_id.clone(),
        String::new(),
    ))
}

fn permissions(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    let consent = shown.erp.facts.consent.as_ref()?;
    let rows: Vec<_> = consent.permissions.iter().map(permission).collect();
    let head = view! {
        {heading(words.permission)}
        {heading(words.permission_kind)}
        {heading(words.permission_state)}
    };
    (!rows.is_empty()).then(|| table(words.permissions, head.into_any(), rows.into_any()))
}

fn permission(one: &Permission) -> AnyView {
    let words = words().erp;
    let kind = match one.kind {
        PermissionKind::Delegated => words.delegated,
        PermissionKind::Application => words.application,
    };
    let state = if one.granted {
        words.granted
    } else {
        words.not_granted
    };
    view! {
        <tr>
            {row_heading(view! { <code>{one.name.clone()}</code> }.into_any())}
            {cell(words.permission_kind, kind.into_any())}
            {cell(words.permission_state, state.into_any())}
        </tr>
    }
    .into_any()
}
