//! The second step: search the tenant's users and choose one, or create one.

use super::Shown;
use super::ways::{by_hand, do_it, entra, hand_over, plan, script, this_step, undo};
use crate::act::{Act, refusal_of};
use crate::asked::{framed, may_change, words};
use crate::failure::in_field;
use crate::link;
use crate::onboarding::api::{ChooseServiceUser, CreateServiceUser};
use crate::setup::own_window;
use crate::ui::{
    Field, Kind, Tone, callout, cell, copy_field, copy_value, fact, facts, field, heading, link_button,
    row_heading, submit_button, table,
};
use contract::onboarding::{Candidate, ErpItem, ErpStep};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const STEP: ErpStep = ErpStep::ServiceUser;

pub(super) fn body(shown: &Shown) -> AnyView {
    let known = &shown.erp.facts;
    let made = known.service_user.as_ref().is_some_and(|user| user.made_by_us);
    let place = entra(
        "Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers",
        words().erp.open_users,
    );
    view! {
        {chosen(shown)}
        {undo(shown, STEP, made)}
        {(may_change() && known.admin.is_some()).then(|| find(shown))}
        {(may_change() && known.admin.is_none()).then(|| view! { <p class="help">{words().erp.sign_in_first}</p> })}
        {(known.admin.is_some() && !is_settled(shown)).then(|| create(shown))}
        {script(shown, STEP)}
        {by_hand(STEP, Some(place), ().into_any())}
    }
    .into_any()
}

/// Whoever has a service user is not offered another one, unless they just asked for it and were refused.
fn is_settled(shown: &Shown) -> bool {
    let done = |item: &ErpItem| item.step == STEP && item.state.is_settled();
    let refused = refusal_of(shown.ending.as_ref(), Act::CreateServiceUser);
    refused.is_none() && shown.erp.items.iter().any(done)
}

fn chosen(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    shown.erp.facts.service_user.as_ref().map(|user| {
        facts(vec![
            fact(words.chosen, view! { <bdi>{user.name.clone()}</bdi> }.into_any()),
            fact(words.user_name, copy_value(user.address.clone(), words.user_name)),
            fact(
                words.object_id,
                copy_value(user.object_id.clone(), words.object_id),
            ),
        ])
    })
}

/// The first password of the user just made, shown this once.
pub(super) fn password(shown: &Shown, password: String) -> AnyView {
    let words = words();
    let back = link::erp(&shown.organization.id).with("step", STEP.slug());
    view! {
        <section class="card secret" aria-labelledby="password-title" data-kept="">
            <h2 id="password-title">{words.erp.password_title}</h2>
            {copy_field(words.erp.password, password, String::new())}
            {callout(Tone::Warning, words.erp.password_text, ())}
            <div class="form-acts">
                {link_button(Kind::Primary, back.href(), words.setup.stored)}
            </div>
        </section>
    }
    .into_any()
}

/// The search; its state is the page's address.
fn find(shown: &Shown) -> AnyView {
    let all = words();
    let words = all.erp;
    let text = shown
        .found
        .as_ref()
        .map(|(text, _)| text.clone())
        .unwrap_or_default();
    view! {
        <form class="find" method="get" action=link::erp(&shown.organization.id).href() role="search" aria-label=words.find>
            <input type="hidden" name="step" value=STEP.slug() />
            <div class="field">
                <label for="find">{words.find}</label>
                <input id="find" name="find" type="search" value=text maxlength="200" autocomplete="off"
                    spellcheck="false" aria-describedby="find-help" />
            </div>
            {submit_button(Kind::Secondary, all.frame.search)}
            <p class="help" id="find-help">{words.find_label}</p>
        </form>
        {found(shown)}
    }
    .into_any()
}

fn found(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    shown.found.as_ref().map(|(text, candidates)| {
        if candidates.is_empty() {
            return callout(Tone::Notice, (words.none_found)(text), ());
        }
        let head = view! {
            {heading(words.display_name)}
            {heading(words.user_name)}
            <th scope="col"><span class="visually-hidden">{words.choose}</span></th>
        };
        let rows: Vec<_> = candidates.iter().map(|one| candidate(shown, one)).collect();
        table(words.found, head.into_any(), rows.into_any())
    })
}

fn candidate(shown: &Shown, one: &Candidate) -> AnyView {
    let words = words().erp;
    let user = shown.erp.facts.service_user.as_ref();
    let act = if user.is_some_and(|user| user.object_id == one.object_id) {
        view! { <span class="second-line">{words.is_chosen}</span> }.into_any()
    } else if one.guest {
        view! { <span class="second-line">{words.is_guest}</span> }.into_any()
    } else if !one.enabled {
        view! { <span class="second-line">{words.is_disabled}</span> }.into_any()
    } else {
        choose(shown, one)
    };
    view! {
        <tr data-key=one.object_id.clone()>
            {row_heading(view! { <bdi>{one.name.clone()}</bdi> }.into_any())}
            {cell(words.user_name, view! { <bdi>{one.address.clone()}</bdi> }.into_any())}
            <td class="row-acts">{act}</td>
        </tr>
    }
    .into_any()
}

fn choose(shown: &Shown, one: &Candidate) -> AnyView {
    let words = words().erp;
    view! {
        <form method="post" action=ChooseServiceUser::PATH>
            <input type="hidden" name="organization" value=shown.organization.id.clone() />
            <input type="hidden" name="object_id" value=one.object_id.clone() />
            <button class="button" type="submit" aria-label=(words.choose_who)(&one.name)>{words.choose}</button>
        </form>
    }
    .into_any()
}

fn create(shown: &Shown) -> Option<AnyView> {
    let words = words().erp;
    let may = &shown.erp.can.create_user;
    let form = match may {
        // It ends with a password.
        Ok(()) if framed() => own_window(this_step(shown, STEP)),
        Ok(()) => create_form(shown),
        Err(_) => hand_over(shown, STEP, may)?,
    };
    let way = do_it("service-user", plan(words.create_plan), form)?;
    Some(view! { <p>{words.create_title}</p> {way} }.into_any())
}

fn create_form(shown: &Shown) -> AnyView {
    let words = words().erp;
    let refused = refusal_of(shown.ending.as_ref(), Act::CreateServiceUser);
    let suggested = refused
        .as_ref()
        .map_or_else(|| suggestion(shown), |refused| refused.entered.clone());
    view! {
        <form class="create" method="post" action=CreateServiceUser::PATH>
            <input type="hidden" name="organization" value=shown.organization.id.clone() />
            {field(Field {
                id: "service-user-name".to_owned(),
                name: "name",
                label: words.display_name.to_owned(),
                value: words.display_name_value.to_owned(),
                required: true,
                autocomplete: "off",
                ..Field::default()
            })}
            {field(Field {
                id: "service-user-user-name".to_owned(),
                name: "user_name",
                label: words.user_name.to_owned(),
                help: Some(words.user_name_help),
                value: suggested,
                required: true,
                error: refused.as_ref().and_then(in_field),
                autocomplete: "off",
                ..Field::default()
            })}
            {submit_button(Kind::Secondary, words.create)}
        </form>
    }
    .into_any()
}

/// In the domain by which the admin signs in.
fn suggestion(shown: &Shown) -> String {
    let admin = shown.erp.facts.admin.as_ref();
    let domain = admin.and_then(|admin| admin.address.rsplit_once('@'));
    domain.map_or_else(String::new, |(_, domain)| format!("svc-erp@{domain}"))
}
