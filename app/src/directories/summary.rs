//! The first rows of a directory's card: what it is, how it is, who has access, where its endpoint is.

use crate::asked::{setup, words};
use crate::link;
use crate::ui::{copy_value, fact, facts, health_mark, provider_mark, sparkline, timestamp};
use contract::directories::{Directory, Provider};
use contract::organizations::Organization;
use leptos::prelude::*;

/// The rows.
pub(super) fn summary(organization: &Organization, directory: &Directory) -> AnyView {
    view! {
        {title(directory)}
        {access(organization, directory)}
        {values(directory)}
    }
    .into_any()
}

fn title(directory: &Directory) -> AnyView {
    let kind = if directory.provider == Provider::Scim {
        "SCIM 2.0"
    } else {
        "SCIM"
    };
    let named = directory.name != directory.provider.name();
    view! {
        <header class="directory-title">
            {provider_mark(directory.provider)}
            <div class="directory-names">
                <h2 id="directory-name">{directory.name.clone()}</h2>
                <p class="second-line">
                    {named.then(|| format!("{} · ", directory.provider.name()))} {kind}
                </p>
            </div>
            <p class="directory-health">
                {health_mark(directory.health.verdict)}
                <span class="second-line">{last_request(directory)}</span>
            </p>
        </header>
    }
    .into_any()
}

fn last_request(directory: &Directory) -> AnyView {
    let words = words().directories;
    match directory.last_request {
        Some(at) => view! { {words.last_request} " " {timestamp(at)} }.into_any(),
        None => words.no_request.into_any(),
    }
}

fn access(organization: &Organization, directory: &Directory) -> AnyView {
    let words = words();
    let users = (words.directories.users)(&words.number(directory.active_users), directory.active_users);
    let groups = (words.directories.groups)(&words.number(directory.groups), directory.groups);
    let inactive = directory.users.saturating_sub(directory.active_users);
    view! {
        <div class="access">
            <div>
                <p class="access-count">
                    {who_has_access(organization, (words.directories.have_access)(&users, &groups))}
                </p>
                {(inactive > 0).then(|| view! {
                    <p class="second-line">{(words.directories.inactive_kept)(&words.number(inactive))}</p>
                })}
            </div>
            <figure class="requests">
                {sparkline(&directory.requests_by_hour)}
                <figcaption class="second-line">{words.directories.requests_title}</figcaption>
            </figure>
        </div>
    }
    .into_any()
}

/// Those who came by a setup link see how many, and not who.
fn who_has_access(organization: &Organization, text: String) -> AnyView {
    match setup() {
        Some(_) => text.into_any(),
        None => view! { <a href=link::users(&organization.id).href()>{text}</a> }.into_any(),
    }
}

fn values(directory: &Directory) -> AnyView {
    let words = words().directories;
    facts(vec![
        fact(
            words.endpoint_url,
            copy_value(directory.endpoint_url.clone(), words.endpoint_url),
        ),
        fact(
            words.directory_id,
            copy_value(directory.id.clone(), words.directory_id),
        ),
    ])
}
