//! The Groups tab: search and page, in the address.

use super::api;
use crate::asked::words;
use crate::layout::{page, parameter, query};
use crate::link;
use crate::organizations::{self, Here};
use crate::ui::{
    Kind, Pager, cell, empty_state, heading, link_button, number_cell, number_heading, page_request, pager,
    row_heading, search, sorted_heading, table, timestamp,
};
use contract::page::Page;
use contract::people::{GroupRow, GroupsQuery};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/groups`
#[component]
pub fn GroupsPage() -> impl IntoView {
    let id = parameter("organization");
    let query = query();
    let asked = GroupsQuery {
        search: query.get("search").unwrap_or_default(),
        page: page_request(&query),
    };
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let found = api::groups(id.clone(), asked.clone()).await?;
        let filtered = !asked.search.is_empty();
        let around = asked.page.after.is_some() || asked.page.before.is_some();
        let list_link = link::groups(&id).with("search", &asked.search);
        Ok(view! {
            <Title text=format!("{} · {}", words().people.groups, organization.name) />
            {organizations::head(&organization, Here::Groups, None, None)}
            {(found.total > 0 || filtered || around).then(|| toolbar(&id, &asked, found.total))}
            {list(&id, &found, filtered)}
            {pager(&Pager::from(&found), &list_link)}
        }
        .into_any())
    })
}

fn toolbar(organization: &str, asked: &GroupsQuery, total: u64) -> AnyView {
    let all = words();
    let words = all.people;
    view! {
        <div class="toolbar">
            {search(link::groups(organization).href(), words.search_groups, asked.search.clone(), ().into_any())}
            <p class="count" role="status">{(words.count_groups)(&all.number(total), total)}</p>
        </div>
    }
    .into_any()
}

fn list(organization: &str, found: &Page<GroupRow>, filtered: bool) -> AnyView {
    let words = words().people;
    if found.rows.is_empty() {
        return none(organization, filtered);
    }
    let head = view! {
        {sorted_heading(words.name, "ascending")}
        {number_heading(words.members)}
        {heading(words.changed)}
    };
    let rows: Vec<_> = found.rows.iter().map(|row| line(organization, row)).collect();
    table(words.groups, head.into_any(), rows.into_any())
}

fn none(organization: &str, filtered: bool) -> AnyView {
    let words = words().people;
    if filtered {
        let act = link_button(Kind::Secondary, link::groups(organization).href(), words.show_all);
        return empty_state("search", words.none_match.to_owned(), "", Some(act));
    }
    let act = link_button(
        Kind::Primary,
        link::directory_sync(organization).href(),
        words.go_to_sync,
    );
    empty_state(
        "group",
        words.no_groups_title.to_owned(),
        words.no_groups_text,
        Some(act),
    )
}

fn line(organization: &str, row: &GroupRow) -> AnyView {
    let all = words();
    let words = all.people;
    let nested = (row.nested_groups > 0).then(|| {
        let text = (words.nested_count)(&all.number(row.nested_groups), row.nested_groups);
        view! { <span class="second-line">{text}</span> }
    });
    let name = view! {
        <a class="row-link" href=link::group(organization, &row.id).href()><bdi>{row.display_name.clone()}</bdi></a>
        {nested}
    };
    view! {
        <tr data-key=row.id.clone()>
            {row_heading(name.into_any())}
            {number_cell(words.members, all.number(row.members))}
            {cell(words.changed, timestamp(row.updated_at))}
        </tr>
    }
    .into_any()
}
