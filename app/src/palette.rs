//! The command palette (Ctrl or ⌘ K): organizations, users and pages by name.
#![expect(
    missing_docs,
    reason = "a server function's struct has its parameters as fields"
)]

use crate::asked::{may_change, words};
use crate::failure::Failure;
use crate::link::{self, Link};
use contract::organizations::OrganizationRow;
use contract::people::{UserRow, UsersQuery};
use contract::{Answer, Portal, Refusal, Viewer};
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
        let query = UsersQuery {
            search: search.to_owned(),
            ..UsersQuery::default()
        };
        let users = match portal.users(viewer, here, &query).await {
            Ok(found) => found.rows,
            // Organizations and pages have names too.
            Err(Refusal::NeedsReason { .. }) => Vec::new(),
            Err(refusal) => return Err(refusal),
        };
        hits.extend(users.into_iter().take(OF_EACH).map(|user| user_hit(here, user)));
    }
    let organizations = portal.organizations(viewer, search).await?;
    hits.extend(organizations.into_iter().take(OF_EACH).map(organization_hit));
    hits.extend(pages(here).into_iter().filter(|hit| contains(&hit.title, search)));
    Ok(hits)
}

fn user_hit(organization: &str, user: UserRow) -> Hit {
    let href = link::user(organization, &user.id).href();
    let title = user.display_name.unwrap_or_else(|| user.user_name.clone());
    Hit {
        title,
        detail: user.user_name,
        href,
    }
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

/// The button that opens the palette, and the palette.
#[island]
pub fn Palette(
    /// What the button says.
    search: String,
    /// What can be found.
    label: String,
    /// How it is used.
    hint: String,
    /// What stands where nothing is found.
    nothing: String,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let asked = RwSignal::new(String::new());
    let hits = RwSignal::new(Vec::<Hit>::new());
    let chosen = RwSignal::new(0_usize);
    let open = move || {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
            asked.set(String::new());
            ask(asked, hits, chosen);
        }
    };
    #[cfg(feature = "hydrate")]
    crate::browser::palette::on_shortcut(open);
    let write = move |event| {
        asked.set(event_target_value(&event));
        ask(asked, hits, chosen);
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let last = hits.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => chosen.update(|at| *at = at.saturating_sub(1)),
            "Enter" => go(hits, chosen),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(index, hit): (usize, Hit)| {
        let is_chosen = move || chosen.get() == index;
        view! {
            <a role="option" tabindex="-1" id=format!("palette-{index}") href=hit.href
                aria-selected=move || if is_chosen() { "true" } else { "false" }>
                <bdi>{hit.title}</bdi>
                <span class="second-line"><bdi>{hit.detail}</bdi></span>
            </a>
        }
    };
    let options = move || hits.get().into_iter().enumerate().map(option).collect::<Vec<_>>();
    let active = move || {
        hits.with(|hits| !hits.is_empty())
            .then(|| format!("palette-{}", chosen.get()))
    };
    let (named, listed) = (label.clone(), label.clone());
    view! {
        <button type="button" class="palette-open" on:click=move |_| open()>
            <span>{search}</span>
            <kbd>"Ctrl K"</kbd>
        </button>
        <dialog class="palette" node_ref=dialog closedby="any" aria-label=named>
            <input type="text" role="combobox" aria-label=label.clone() placeholder=label aria-expanded="true" aria-autocomplete="list"
                aria-controls="palette-hits" aria-activedescendant=active
                aria-describedby="palette-hint" autocomplete="off" spellcheck="false" maxlength="100"
                prop:value=asked on:input=write on:keydown=press />
            <div id="palette-hits" role="listbox" aria-label=listed>{options}</div>
            <p class="palette-nothing" role="status">{move || hits.with(Vec::is_empty).then(|| nothing.clone())}</p>
            <p id="palette-hint" class="help">{hint}</p>
        </dialog>
    }
}

/// Asks for hits; an answer that a later question has overtaken is dropped.
fn ask(asked: RwSignal<String>, hits: RwSignal<Vec<Hit>>, chosen: RwSignal<usize>) {
    let search = asked.get_untracked();
    leptos::task::spawn_local(async move {
        if let Ok(found) = palette(search.clone(), here()).await
            && asked.get_untracked() == search
        {
            chosen.set(0);
            hits.set(found);
        }
    });
}

fn here() -> String {
    #[cfg(feature = "hydrate")]
    return crate::browser::palette::here();
    #[cfg(not(feature = "hydrate"))]
    String::new()
}

fn go(hits: RwSignal<Vec<Hit>>, chosen: RwSignal<usize>) {
    let hit = hits.with_untracked(|hits| hits.get(chosen.get_untracked()).cloned());
    #[cfg(feature = "hydrate")]
    if let Some(hit) = &hit {
        crate::browser::palette::go(&hit.href);
    }
    drop(hit);
}
