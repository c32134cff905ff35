//! The command palette (Ctrl or ⌘ K): organizations, users and pages by name.
#![expect(missing_docs, reason = "a server function's struct has its parameters as fields")]

use crate::asked::{may_change, words};
use crate::failure::Failure;
use crate::link::{self, Link};
use contract::organizations::OrganizationRow;
use contract::people::{UserRow, UsersQuery};
use contract::{Answer, Portal, Viewer};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Something the palette leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its name.
    pub title: String,
    /// What it is, or where.
    pub detail: String,
    /// Its page.
    pub href: String,
}

/// What has this text in its name. `here` is the organization whose page one is on, or nothing.
#[server(prefix = "/ask", endpoint = "palette")]
pub async fn palette(search: String, here: String) -> Result<Vec<Hit>, Failure> {
    let (portal, viewer) = crate::server::enter()?;
    crate::server::told(hits(&*portal, &viewer, search.trim(), &here).await)
}

/// How many of each kind are offered.
const OF_EACH: usize = 6;

/// The hits in order: users of the organization one is in, organizations, pages.
pub async fn hits(portal: &dyn Portal, viewer: &Viewer, search: &str, here: &str) -> Answer<Vec<Hit>> {
    let mut hits = Vec::new();
    if !here.is_empty() && !search.is_empty() {
        let query = UsersQuery { search: search.to_owned(), ..UsersQuery::default() };
        let users = portal.users(viewer, here, &query).await?;
        hits.extend(users.rows.into_iter().take(OF_EACH).map(|user| user_hit(here, user)));
    }
    let organizations = portal.organizations(viewer, search).await?;
    hits.extend(organizations.into_iter().take(OF_EACH).map(organization_hit));
    hits.extend(pages(here).into_iter().filter(|hit| contains(&hit.title, search)));
    Ok(hits)
}

fn user_hit(organization: &str, user: UserRow) -> Hit {
    let href = link::user(organization, &user.id).href();
    let title = user.display_name.unwrap_or_else(|| user.user_name.clone());
    Hit { title, detail: user.user_name, href }
}

fn organization_hit(row: OrganizationRow) -> Hit {
    let words = words();
    Hit {
        href: link::directory_sync(&row.organization.id).href(),
        title: row.organization.name,
        detail: (words.health.verdict)(row.verdict).to_owned(),
    }
}

fn pages(here: &str) -> Vec<Hit> {
    let words = words();
    let page = |title: &str, link: Link| Hit {
        title: title.to_owned(),
        detail: words.frame.palette_pages.to_owned(),
        href: link.href(),
    };
    let mut pages = Vec::new();
    if !here.is_empty() {
        pages.extend([
            page(words.organizations.tab_directory_sync, link::directory_sync(here)),
            page(words.organizations.tab_users, link::users(here)),
            page(words.organizations.tab_groups, link::groups(here)),
            page(words.organizations.tab_activity, link::activity(here)),
        ]);
    }
    pages.push(page(words.organizations.title, link::organizations()));
    if may_change() {
        pages.push(page(words.organizations.new, link::new_organization()));
    }
    pages
}

fn contains(title: &str, search: &str) -> bool {
    title.to_lowercase().contains(&search.to_lowercase())
}

#[island]
pub fn Palette(search: String, label: String, hint: String, nothing: String) -> impl IntoView {
    let _ = (label, hint, nothing);
    view! { <button type="button" class="palette-open">{search}</button> }
}
