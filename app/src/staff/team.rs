//! The members of a team, and the invites that are still open.

use super::api::{RemoveMember, RevokeInvite};
use crate::asked::{may_change, words};
use crate::ui::{
    Dialog, Kind, cell, dialog, heading, open_button, row_heading, table, timestamp, timestamp_or,
};
use contract::staff::{Invite, StaffMember, Team};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub(super) fn team(app: &str, team: &Team) -> AnyView {
    let words = words().staff;
    view! {
        <section class="staff" aria-labelledby="team">
            <h2 id="team">{words.team}</h2>
            {members(app, &team.members)}
            <h2>{words.invites}</h2>
            {invites(app, &team.invites)}
        </section>
    }
    .into_any()
}

fn members(app: &str, members: &[StaffMember]) -> AnyView {
    let words = words().staff;
    if members.is_empty() {
        return view! { <p class="second-line">{words.nobody}</p> }.into_any();
    }
    let head = view! {
        {heading(words.name)}
        {heading(words.role)}
        {heading(words.last_sign_in)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = members.iter().map(member).collect();
    let dialogs: Vec<_> = members
        .iter()
        .filter(|_| may_change())
        .map(|one| remove(app, one))
        .collect();
    view! { {table(words.team, head.into_any(), rows.into_any())} {dialogs} }.into_any()
}

fn member(one: &StaffMember) -> AnyView {
    let all = words();
    let words = all.staff;
    let name = view! {
        <bdi>{one.name.clone()}</bdi>
        <span class="second-line"><bdi>{one.address.clone()}</bdi></span>
        <span class="second-line">{words.tenant} " " <code>{one.tenant_id.clone()}</code></span>
    };
    view! {
        <tr data-key=one.person_id.clone()>
            {row_heading(name.into_any())}
            {cell(words.role, (words.role_word)(one.role).into_any())}
            {cell(words.last_sign_in, timestamp_or(one.last_sign_in_at, all.frame.never))}
            <td class="row-acts">
                {may_change().then(|| open_button(Kind::Quiet, remove_id(one), words.remove))}
            </td>
        </tr>
    }
    .into_any()
}

fn remove_id(one: &StaffMember) -> String {
    format!("remove-{}", one.person_id)
}

fn remove(app: &str, one: &StaffMember) -> AnyView {
    let words = words().staff;
    let hidden = view! {
        <input type="hidden" name="app" value=app.to_owned() />
        <input type="hidden" name="person" value=one.person_id.clone() />
    };
    dialog(Dialog {
        id: remove_id(one),
        title: (words.remove_title)(&one.name),
        body: vec![view! { <p>{words.remove_text}</p> }.into_any()],
        action: RemoveMember::PATH,
        form: Some(hidden.into_any()),
        kind: Kind::Danger,
        label: words.remove_do,
        open: false,
    })
}

fn invites(app: &str, invites: &[Invite]) -> AnyView {
    let words = words().staff;
    if invites.is_empty() {
        return view! { <p class="second-line">{words.no_invites}</p> }.into_any();
    }
    let head = view! {
        {heading(words.note)}
        {heading(words.role)}
        {heading(words.ends)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = invites.iter().map(invite).collect();
    let dialogs: Vec<_> = invites
        .iter()
        .filter(|_| may_change())
        .map(|one| revoke(app, one))
        .collect();
    view! { {table(words.invites, head.into_any(), rows.into_any())} {dialogs} }.into_any()
}

fn invite(one: &Invite) -> AnyView {
    let words = words().staff;
    view! {
        <tr data-key=one.id.clone()>
            {row_heading(view! { <bdi>{one.note.clone()}</bdi> }.into_any())}
            {cell(words.role, (words.role_word)(one.role).into_any())}
            {cell(words.ends, timestamp(one.expires_at))}
            <td class="row-acts">
                {may_change().then(|| open_button(Kind::Quiet, revoke_id(one), words.revoke))}
            </td>
        </tr>
    }
    .into_any()
}

fn revoke_id(one: &Invite) -> String {
    format!("revoke-{}", one.id)
}

fn revoke(app: &str, one: &Invite) -> AnyView {
    let words = words().staff;
    let hidden = view! {
        <input type="hidden" name="app" value=app.to_owned() />
        <input type="hidden" name="invite" value=one.id.clone() />
    };
    dialog(Dialog {
        id: revoke_id(one),
        title: (words.revoke_title)(&one.note),
        body: vec![view! { <p>{words.revoke_text}</p> }.into_any()],
        action: RevokeInvite::PATH,
        form: Some(hidden.into_any()),
        kind: Kind::Danger,
        label: words.revoke_do,
        open: false,
    })
}
