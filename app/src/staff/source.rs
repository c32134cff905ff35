//! People from a directory: which one, what its groups mean, and who comes in by that.

use super::api::{MapStaffGroup, StopStaffDirectory, UseStaffDirectory};
use crate::act::{Act, Ending, refusal_of};
use crate::asked::{may_change, words};
use crate::failure::in_field;
use crate::ui::{
    Dialog, Field, Kind, Tone, callout, cell, dialog, fact, facts, field, heading, number_cell,
    number_heading, open_button, row_heading, submit_button, table, timestamp,
};
use contract::refusal::Why;
use contract::staff::{Entry, StaffByGroup, StaffDirectory, StaffGroup, StaffSource, StaffSources};
use contract::{Refusal, Role};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const STOP: &str = "stop-staff-directory";

pub(super) fn source(app: &str, all: &StaffSources, ending: Option<&Ending>) -> AnyView {
    let words = words().staff;
    let body = match &all.source {
        Some(source) => chosen(app, all, source, ending),
        None if all.choices.is_empty() => view! { <p class="second-line">{words.no_choices}</p> }.into_any(),
        None if may_change() => choose(app, all, ending),
        None => ().into_any(),
    };
    view! {
        <section class="staff" aria-labelledby="people-source">
            <h2 id="people-source">{words.source}</h2>
            <p class="second-line">{words.source_text}</p>
            {nevertheless(app, ending)}
            {body}
        </section>
    }
    .into_any()
}

fn chosen(app: &str, all: &StaffSources, source: &StaffSource, ending: Option<&Ending>) -> AnyView {
    let words = words().staff;
    let tenant = view! { <code>{source.tenant_id.clone()}</code> };
    let without = source.without_object_id;
    let warned = (without > 0).then(|| {
        callout(
            Tone::Warning,
            (words.without_object_id)(without, source.total),
            (),
        )
    });
    view! {
        {facts(vec![
            fact(words.directory, view! { <bdi>{named(&source.directory)}</bdi> }.into_any()),
            fact(words.tenant_id, tenant.into_any()),
        ])}
        {callout(Tone::Notice, words.decides, view! { <p>{words.object_ids}</p> })}
        {warned}
        <h3>{words.groups}</h3>
        {groups(app, &source.groups)}
        {may_change().then(|| add_group(app, source))}
        <h3>{words.by_group}</h3>
        {people(source)}
        {may_change().then(|| change(app, all, ending))}
    }
    .into_any()
}

fn named(directory: &StaffDirectory) -> String {
    (words().staff.comes_from)(&directory.name, &directory.organization_name)
}

fn groups(app: &str, groups: &[StaffGroup]) -> AnyView {
    let words = words().staff;
    if groups.is_empty() {
        return callout(Tone::Notice, words.no_groups, ());
    }
    let head = view! {
        {heading(words.group)}
        {heading(words.role)}
        {number_heading(words.members)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = groups.iter().map(|group| mapped(app, group)).collect();
    table(words.groups, head.into_any(), rows.into_any())
}

fn mapped(app: &str, group: &StaffGroup) -> AnyView {
    let words = words().staff;
    let name = group.name.clone().unwrap_or_else(|| words.group_gone.to_owned());
    let label = (words.unmap_whose)(&name);
    let unmap = may_change().then(|| {
        view! {
            <form method="post" action=MapStaffGroup::PATH>
                <input type="hidden" name="app" value=app.to_owned() />
                <input type="hidden" name="group" value=group.id.clone() />
                <button class="button quiet" type="submit" aria-label=label>{words.unmap}</button>
            </form>
        }
    });
    view! {
        <tr data-key=group.id.clone()>
            {row_heading(view! { <bdi>{name}</bdi> }.into_any())}
            {cell(words.role, (words.role_word)(group.role).into_any())}
            {number_cell(words.members, group.members.to_string())}
            <td class="row-acts">{unmap}</td>
        </tr>
    }
    .into_any()
}

fn add_group(app: &str, source: &StaffSource) -> AnyView {
    let words = words().staff;
    let options: Vec<_> = source
        .other_groups
        .iter()
        .map(|group| view! { <option value=group.id.clone()>{group.name.clone()}</option> })
        .collect();
    if options.is_empty() {
        return ().into_any();
    }
    view! {
        <form class="link-form" method="post" action=MapStaffGroup::PATH>
            <input type="hidden" name="app" value=app.to_owned() />
            <div class="field">
                <label for="staff-group">{words.add_group}</label>
                <select id="staff-group" name="group" aria-describedby="staff-group-help">{options}</select>
                <p class="help" id="staff-group-help">{words.add_group_help}</p>
            </div>
            <div class="field">
                <label for="staff-group-role">{words.role}</label>
                <select id="staff-group-role" name="role">
                    <option value="support" selected=true>{(words.role_word)(Role::Support)}</option>
                    <option value="owner">{(words.role_word)(Role::Owner)}</option>
                </select>
            </div>
            <div class="form-acts">{submit_button(Kind::Secondary, words.add_group_do)}</div>
        </form>
    }
    .into_any()
}

fn people(source: &StaffSource) -> AnyView {
    let words = words().staff;
    if source.people.is_empty() {
        return view! { <p class="second-line">{words.no_by_group}</p> }.into_any();
    }
    let head = view! {
        {heading(words.name)}
        {heading(words.role)}
        {heading(words.group)}
        {heading(words.last_sign_in)}
    };
    let rows: Vec<_> = source.people.iter().map(person).collect();
    let all: std::collections::BTreeSet<_> = source.people.iter().map(|one| &one.user).collect();
    let more = usize::try_from(source.total).is_ok_and(|total| total > all.len());
    let more = more.then(|| {
        view! { <p class="second-line">{(words.shown_of)(source.people.len(), source.total)}</p> }
    });
    view! { {table(words.by_group, head.into_any(), rows.into_any())} {more} }.into_any()
}

fn person(one: &StaffByGroup) -> AnyView {
    let words = words().staff;
    let name = view! {
        <bdi>{one.name.clone()}</bdi>
        <span class="second-line"><bdi>{one.user_name.clone()}</bdi></span>
    };
    let entry = match one.entry {
        Entry::Since(at) => timestamp(at),
        entry => (words.entry)(entry).into_any(),
    };
    view! {
        <tr data-key=format!("{}-{}", one.user, one.group)>
            {row_heading(name.into_any())}
            {cell(words.role, (words.role_word)(one.role).into_any())}
            {cell(words.group, view! { <bdi>{one.group.clone()}</bdi> }.into_any())}
            {cell(words.last_sign_in, entry)}
        </tr>
    }
    .into_any()
}

/// Another directory, or none.
fn change(app: &str, all: &StaffSources, ending: Option<&Ending>) -> AnyView {
    let words = words().staff;
    let hidden = view! { <input type="hidden" name="app" value=app.to_owned() /> };
    view! {
        <details class="way" open=refusal_of(ending, Act::UseStaffDirectory).is_some()>
            <summary>{words.another}</summary>
            {choose(app, all, ending)}
        </details>
        <div class="form-acts">{open_button(Kind::Quiet, STOP.to_owned(), words.stop)}</div>
        {dialog(Dialog {
            id: STOP.to_owned(),
            title: words.stop_title.to_owned(),
            body: vec![view! { <p>{words.stop_text}</p> }.into_any()],
            action: StopStaffDirectory::PATH,
            form: Some(hidden.into_any()),
            kind: Kind::Danger,
            label: words.stop_do,
            open: false,
        })}
    }
    .into_any()
}

fn choose(app: &str, all: &StaffSources, ending: Option<&Ending>) -> AnyView {
    let words = words().staff;
    let refused = refusal_of(ending, Act::UseStaffDirectory);
    let entered = refused
        .as_ref()
        .and_then(|refused| refused.entered.split_once(' '));
    let picked = entered.map(|(directory, _)| directory.to_owned());
    let picked = picked.or_else(|| all.source.as_ref().map(|source| source.directory.id.clone()));
    let options: Vec<_> = all
        .choices
        .iter()
        .map(|one| {
            let selected = picked.as_ref() == Some(&one.id);
            view! { <option value=one.id.clone() selected=selected>{named(one)}</option> }
        })
        .collect();
    let tenant = entered.map(|(_, tenant)| tenant.to_owned());
    view! {
        <form class="link-form" method="post" action=UseStaffDirectory::PATH>
            <input type="hidden" name="app" value=app.to_owned() />
            <div class="field">
                <label for="staff-directory">{words.directory}</label>
                <select id="staff-directory" name="directory">{options}</select>
            </div>
            {field(Field {
                id: "staff-tenant".to_owned(),
                name: "tenant_id",
                label: words.tenant_id.to_owned(),
                help: Some(words.tenant_help),
                value: tenant.or_else(|| suggested(all)).unwrap_or_default(),
                required: true,
                error: refused.as_ref().filter(|refused| wants_word(&refused.refusal).is_none()).and_then(in_field),
                autocomplete: "off",
                ..Field::default()
            })}
            <div class="form-acts">{submit_button(Kind::Secondary, words.use_directory)}</div>
        </form>
    }
    .into_any()
}

/// The tenant in use, else the viewer's own, else the one that a directory's organization proved.
fn suggested(all: &StaffSources) -> Option<String> {
    let used = all.source.as_ref().map(|source| source.tenant_id.clone());
    let proven = || all.choices.iter().find_map(|one| one.tenant_id.clone());
    used.or_else(|| all.own_tenant.clone()).or_else(proven)
}

/// The sentence to confirm, for what is refused only until it is confirmed.
fn wants_word(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Conflict {
            why: why @ (Why::NoOwnerLeft | Why::OwnRoleLost),
        } => Some((words().refusals.why)(*why)),
        _ => None,
    }
}

/// What was asked for, to be asked for once more, knowingly.
fn nevertheless(app: &str, ending: Option<&Ending>) -> Option<AnyView> {
    let of = |act| Some((act, refusal_of(ending, act)?));
    let (act, refused) = of(Act::UseStaffDirectory)
        .or_else(|| of(Act::MapStaffGroup))
        .or_else(|| of(Act::StopStaffDirectory))?;
    let sentence = wants_word(&refused.refusal)?;
    let (first, second) = refused.entered.split_once(' ').unwrap_or_default();
    let (action, names) = match act {
        Act::UseStaffDirectory => (
            UseStaffDirectory::PATH,
            [("directory", first), ("tenant_id", second)],
        ),
        Act::MapStaffGroup => (MapStaffGroup::PATH, [("group", first), ("role", second)]),
        _ => (StopStaffDirectory::PATH, [("", ""), ("", "")]),
    };
    let hidden: Vec<_> = names
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect();
    let form = view! {
        <form method="post" action=action>
            <input type="hidden" name="app" value=app.to_owned() />
            {hidden}
            <input type="hidden" name="confirmed" value="true" />
            {submit_button(Kind::Danger, words().staff.nevertheless)}
        </form>
    };
    Some(callout(Tone::Warning, sentence, form))
}
