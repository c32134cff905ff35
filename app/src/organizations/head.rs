//! The head that all pages of an organization share: where one is, its name, its tabs.

use super::api::{DeleteOrganization, RenameOrganization};
use crate::act::{Act, Ending, refusal_of};
use crate::asked::{may_change, setup, words};
use crate::failure::in_field;
use crate::link;
use crate::live::Live;
use crate::support_views;
use crate::ui::{Dialog, Field, Kind, Tab, confirm_name, dialog, field, icon, open_button, tabs};
use contract::directories::Directory;
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Which of the organization's tabs one is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the tab it names")]
pub enum Here {
    DirectorySync,
    Onboarding,
    Users,
    Groups,
    Activity,
    SetupLinks,
}

/// The head; `within` names the page when it lies below its tab.
pub fn head(
    organization: &Organization,
    here: Here,
    within: Option<String>,
    acts: Option<AnyView>,
) -> AnyView {
    if setup().is_some() {
        return setup_head(organization, here);
    }
    let words = words();
    let title = organization.name.clone();
    let below = within.is_some();
    view! {
        <div class="organization-head">
            <nav class="breadcrumb" aria-label=words.frame.breadcrumb>
                <ol role="list">
                    <li><a href=link::organizations().href()>{words.organizations.title}</a></li>
                    {below.then(|| view! {
                        <li><a href=link::directory_sync(&organization.id).href()>{title.clone()}</a></li>
                        <li><a href=address(here, &organization.id)>{label(here)}</a></li>
                    })}
                </ol>
            </nav>
            <div class="page-top">
                <h1>{within.unwrap_or(title)}</h1>
                <div class="page-acts">
                    {live(organization, here)}
                    {acts}
                </div>
            </div>
            {(!below).then(|| tabs(words.organizations.tabs, all_tabs(&organization.id, here)))}
            {organization.looking.as_ref().map(|view| support_views::banner(&organization.id, view))}
        </div>
    }
    .into_any()
}

/// The head for those who came by a setup link: the way home, and the checklists that it opens.
fn setup_head(organization: &Organization, here: Here) -> AnyView {
    let words = words();
    let reach = setup();
    let opens = |tab: Here| match (&reach, tab) {
        (Some(reach), Here::DirectorySync) => reach.directory_sync,
        (Some(reach), Here::Onboarding) => reach.erp,
        _ => false,
    };
    let tab = |tab: Here| Tab {
        label: label(tab).to_owned(),
        href: address(tab, &organization.id),
        current: tab == here,
    };
    let shown = [Here::Onboarding, Here::DirectorySync];
    let shown: Vec<Tab> = shown.into_iter().filter(|one| opens(*one)).map(tab).collect();
    view! {
        <div class="organization-head">
            <nav class="breadcrumb" aria-label=words.frame.breadcrumb>
                <ol role="list">
                    <li><a href=link::setup().href()>{words.setup.home}</a></li>
                </ol>
            </nav>
            <div class="page-top">
                <h1>{(words.setup.home_title)(&organization.app.name, &organization.name)}</h1>
                <div class="page-acts">{live(organization, here)}</div>
            </div>
            {tabs(words.setup.tabs, shown)}
        </div>
    }
    .into_any()
}

/// The sign that the page follows along; the checklist's page also what is done at Microsoft.
pub fn live(organization: &Organization, here: Here) -> AnyView {
    let words = words().frame;
    let path = match here {
        Here::Onboarding => contract::live::checklist_path(&organization.id),
        _ => contract::live::path(&organization.id),
    };
    view! {
        <Live
            path=path
            live=words.live.to_owned()
            lost=words.live_lost.to_owned()
            what=words.live_what.to_owned()
        />
    }
    .into_any()
}

fn all_tabs(organization: &str, here: Here) -> Vec<Tab> {
    let all = [
        Here::DirectorySync,
        Here::Onboarding,
        Here::Users,
        Here::Groups,
        Here::Activity,
    ];
    let links = may_change().then_some(Here::SetupLinks);
    all.into_iter()
        .chain(links)
        .map(|tab| Tab {
            label: label(tab).to_owned(),
            href: address(tab, organization),
            current: tab == here,
        })
        .collect()
}

fn label(here: Here) -> &'static str {
    let words = words().organizations;
    match here {
        Here::DirectorySync => words.tab_directory_sync,
        Here::Onboarding => crate::asked::words().erp.tab,
        Here::SetupLinks => crate::asked::words().setup.tab,
        Here::Users => words.tab_users,
        Here::Groups => words.tab_groups,
        Here::Activity => words.tab_activity,
    }
}

fn address(here: Here, organization: &str) -> String {
    match here {
        Here::DirectorySync => link::directory_sync(organization),
        Here::Onboarding => link::erp(organization),
        Here::SetupLinks => link::setup_links(organization),
        Here::Users => link::users(organization),
        Here::Groups => link::groups(organization),
        Here::Activity => link::activity(organization),
    }
    .href()
}

/// What can be done with the organization itself: a menu, and the dialogs behind it.
pub fn acts(
    organization: &Organization,
    directories: &[Directory],
    ending: Option<&Ending>,
) -> Option<AnyView> {
    (may_change() && setup().is_none()).then(|| {
        let words = words().organizations;
        view! {
            <details class="menu">
                <summary class="button quiet">{words.more} {icon("down")}</summary>
                <div class="menu-items">
                    {open_button(Kind::Quiet, "rename-organization".to_owned(), words.rename)}
                    {open_button(Kind::Quiet, "delete-organization".to_owned(), words.delete)}
                </div>
            </details>
            {rename(organization, ending)}
            {delete(organization, directories, ending)}
        }
        .into_any()
    })
}

fn rename(organization: &Organization, ending: Option<&Ending>) -> AnyView {
    let words = words();
    let refused = refusal_of(ending, Act::RenameOrganization);
    let value = refused
        .as_ref()
        .map_or_else(|| organization.name.clone(), |refused| refused.entered.clone());
    let form = view! {
        <input type="hidden" name="organization" value=organization.id.clone() />
        {field(Field {
            id: "rename-organization-name".to_owned(),
            name: "name",
            label: words.organizations.name_label.to_owned(),
            value,
            required: true,
            error: refused.as_ref().and_then(in_field),
            autocomplete: "off",
            ..Field::default()
        })}
    };
    dialog(Dialog {
        id: "rename-organization".to_owned(),
        title: words.organizations.rename_title.to_owned(),
        action: RenameOrganization::PATH,
        form: Some(form.into_any()),
        kind: Kind::Primary,
        label: words.organizations.rename_do,
        open: refused.is_some(),
        ..Dialog::default()
    })
}

fn delete(organization: &Organization, directories: &[Directory], ending: Option<&Ending>) -> AnyView {
    let all = words();
    let words = all.organizations;
    let refused = refusal_of(ending, Act::DeleteOrganization);
    let sum = |count: fn(&Directory) -> u64| directories.iter().map(count).sum::<u64>();
    let (users, groups) = (
        sum(|directory| directory.users),
        sum(|directory| directory.groups),
    );
    let kept = u64::try_from(directories.len()).unwrap_or_default();
    let text = (words.delete_text)(
        &(all.directories.directories)(&all.number(kept), kept),
        &(all.directories.users)(&all.number(users), users),
        &(all.directories.groups)(&all.number(groups), groups),
    );
    let form = view! {
        <input type="hidden" name="organization" value=organization.id.clone() />
        {confirm_name(
            "delete-organization-name".to_owned(),
            (words.delete_label)(&organization.name),
            &organization.name,
            refused.as_ref().and_then(in_field),
        )}
    };
    dialog(Dialog {
        id: "delete-organization".to_owned(),
        title: (words.delete_title)(&organization.name),
        body: vec![view! { <p>{text}</p> }.into_any()],
        action: DeleteOrganization::PATH,
        form: Some(form.into_any()),
        kind: Kind::Danger,
        label: words.delete_do,
        open: refused.is_some(),
    })
}
