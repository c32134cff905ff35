//! One group: its ids, its direct members page by page, its history, and what the provider last sent.

use super::{api, last_sent};
use crate::activity::history;
use crate::asked::words;
use crate::layout::{page, parameter, query};
use crate::link;
use crate::organizations::{self, Here};
use crate::ui::{
    Pager, Tone, access_mark, callout, cell, copy_value, fact, facts, heading, page_request, pager,
    row_heading, table, timestamp,
};
use contract::people::{Group, Member};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/groups/{group}`
#[component]
pub fn GroupPage() -> impl IntoView {
    let (id, group_id) = (parameter("organization"), parameter("group"));
    let members_page = page_request(&query());
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let group = api::group(id.clone(), group_id.clone(), members_page).await?;
        let name = group.row.display_name.clone();
        Ok(view! {
            <Title text=format!("{} · {}", name, organization.name) />
            {organizations::head(&organization, Here::Groups, Some(name), None)}
            <div class="columns">
                <div class="column">
                    {members(&id, &group)}
                    {last_sent(group.last_sent.as_ref())}
                </div>
                <div class="column">
                    {ids(&group)}
                    {history(&id, &group.history)}
                </div>
            </div>
        }
        .into_any())
    })
}

fn ids(group: &Group) -> AnyView {
    let words = words().people;
    let external = match &group.external_id {
        Some(id) => copy_value(id.clone(), words.external_id),
        None => view! { <span class="faint">"–"</span> }.into_any(),
    };
    view! {
        <section class="card section">
            {facts(vec![
                fact(words.our_id, copy_value(group.row.id.clone(), words.our_id)),
                fact(
                    words.external_id,
                    view! { {external} <p class="help">{words.group_external_id_help}</p> }.into_any(),
                ),
                fact(words.created, timestamp(group.created_at)),
                fact(words.changed, timestamp(group.row.updated_at)),
            ])}
        </section>
    }
    .into_any()
}

fn members(organization: &str, group: &Group) -> AnyView {
    let all = words();
    let words = all.people;
    let total = group.members.total;
    let list = link::group(organization, &group.row.id);
    view! {
        <section class="card section" aria-labelledby="members">
            <h2 id="members">
                {words.members} " "
                <span class="second-line">{(words.members_count)(&all.number(total), total)}</span>
            </h2>
            {rows(organization, &group.members.rows)}
            {pager(&Pager::from(&group.members), &list)}
        </section>
    }
    .into_any()
}

fn rows(organization: &str, members: &[Member]) -> AnyView {
    let words = words().people;
    if members.is_empty() {
        return view! { <p class="faint">{words.no_members}</p> }.into_any();
    }
    let nested = members.iter().any(|member| member.is_group);
    let head = view! { {heading(words.name)} {heading(words.access)} };
    let rows: Vec<_> = members.iter().map(|member| line(organization, member)).collect();
    view! {
        {table(words.members, head.into_any(), rows.into_any())}
        {nested.then(|| callout(Tone::Notice, words.nested, view! { <p>{words.nested_text}</p> }))}
    }
    .into_any()
}

fn line(organization: &str, member: &Member) -> AnyView {
    let words = words().people;
    let href = match member.is_group {
        true => link::group(organization, &member.id),
        false => link::user(organization, &member.id),
    };
    let name = view! {
        <a class="row-link" href=href.href()><bdi>{member.display.clone()}</bdi></a>
        {member.detail.clone().map(|detail| view! { <span class="second-line"><bdi>{detail}</bdi></span> })}
    };
    let access = match member.is_group {
        true => view! { <span class="badge">{words.nested}</span> }.into_any(),
        false => access_mark(member.active),
    };
    view! {
        <tr data-key=member.id.clone()>
            {row_heading(name.into_any())}
            {cell(words.access, access)}
        </tr>
    }
    .into_any()
}
