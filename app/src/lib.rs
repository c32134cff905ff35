//! The portal as people see it: complete pages from the server, forms that work without script, and a few islands for
//! what moves.
//!
//! | room | what it holds |
//! |---|---|
//! | [`shell`], [`App`] | the document, and the route table |
//! | [`asked`] | what the server hands to every page |
//! | [`server`] | the server's side of a page or form (`ssr` alone): who asks, statuses, redirects, cookies |
//! | [`browser`] | the browser's side (`hydrate` alone): copying, clock, dialogs, live regions |
//! | [`organizations`] [`directories`] [`onboarding`] [`people`] [`activity`] | one noun each: `api` (its server functions), one file per page |
//! | [`setup_links`] [`setup`] [`staff`] [`support_views`] | setup links, the portal behind them, the app's own team, and how its support comes to see people |
//! | [`ui`] | pieces with looks and no meaning |
//! | [`layout`] [`failure`] [`act`] | what surrounds a page, what takes its place, what an act came to |
//! | [`live`] [`palette`] [`choices`] | what follows along, what finds, what a reader chooses |
//! | [`words`] [`time`] [`link`] | every text in every language, times as text, addresses |
//!
//! What comes from a directory is untrusted: it only ever stands in text nodes and quoted attributes, and pages carry
//! no inline style and no inline script but the loader with its nonce.
#![recursion_limit = "512"]

use crate::asked::{Asked, Theme, words};
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

pub mod act;
pub mod activity;
pub mod asked;
#[cfg(feature = "hydrate")]
pub mod browser;
pub mod choices;
pub mod directories;
pub mod entrance;
pub mod failure;
pub mod layout;
pub mod link;
pub mod live;
pub mod loader;
pub mod onboarding;
pub mod organizations;
pub mod palette;
pub mod people;
#[cfg(feature = "ssr")]
pub mod server;
pub mod setup;
pub mod setup_links;
pub mod staff;
pub mod support_views;
pub mod time;
pub mod ui;
pub mod words;

/// Where the server functions answer: `POST {SERVER_FUNCTIONS}/…`.
pub const SERVER_FUNCTIONS: &str = "/ask";

/// The whole document around [`App`]. The server renders this for every page.
pub fn shell() -> impl IntoView {
    let asked = Asked::here();
    let chosen = asked.as_ref().map(|asked| asked.preferences).unwrap_or_default();
    let theme = (chosen.theme != Theme::System).then(|| chosen.theme.slug());
    view! {
        <!DOCTYPE html>
        <html lang=chosen.language.code() data-theme=theme data-now=asked::now() data-embedded-by=embedded_by()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="description" content=words().frame.description />
                <meta name="color-scheme" content="light dark" />
                {asked.map(|asked| loader::head(&asked.site))}
                {asked::look().and_then(|look| look.stylesheet).map(|accent| view! { <link rel="stylesheet" href=accent /> })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Who may frame the portal, for the script that tells them what happens in it.
fn embedded_by() -> Option<String> {
    let origins = asked::look()?.embedded_by;
    (!origins.is_empty()).then(|| origins.join(" "))
}

/// The route table, between the bar above and the footer below.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let look = asked::look();
    let title = move |page| layout::title(page, look.as_ref());
    view! {
        <leptos_meta::Title formatter=title />
        <Router>
            <layout::Bar />
            <main id="content" tabindex="-1" class:setup=asked::setup().is_some()>
                <FlatRoutes fallback=entrance::NothingHere>
                    <Route path=path!("/") view=entrance::FrontDoor ssr=SsrMode::Async />
                    <Route path=path!("/signed-out") view=entrance::SignedOutPage ssr=SsrMode::Async />
                    <Route path=path!("/join/:token") view=entrance::JoinPage ssr=SsrMode::Async />
                    <Route path=path!("/people") view=staff::StaffDoor ssr=SsrMode::Async />
                    <Route path=path!("/apps/:app/people") view=staff::StaffPage ssr=SsrMode::Async />
                    <Route path=path!("/setup") view=setup::SetupHomePage ssr=SsrMode::Async />
                    <Route path=path!("/setup/onboarding") view=onboarding::erp::OnboardingPage ssr=SsrMode::Async />
                    <Route path=path!("/setup/directory-sync") view=directories::tab::DirectorySyncPage ssr=SsrMode::Async />
                    <Route
                        path=path!("/setup/directory-sync/providers")
                        view=directories::providers::ProvidersPage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/setup/directory-sync/providers/:provider")
                        view=directories::configure::ConfigurePage
                        ssr=SsrMode::Async
                    />
                    <Route path=path!("/setup/back") view=setup::SetupBackPage ssr=SsrMode::Async />
                    <Route path=path!("/setup/:token") view=setup::SetupDoorPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations") view=organizations::list::OrganizationsPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/new") view=organizations::new::NewOrganizationPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/:organization") view=entrance::OrganizationDoor ssr=SsrMode::Async />
                    <Route
                        path=path!("/organizations/:organization/directory-sync")
                        view=directories::tab::DirectorySyncPage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/organizations/:organization/directory-sync/providers")
                        view=directories::providers::ProvidersPage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/organizations/:organization/directory-sync/providers/:provider")
                        view=directories::configure::ConfigurePage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/organizations/:organization/onboarding")
                        view=onboarding::erp::OnboardingPage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/organizations/:organization/setup-links")
                        view=setup_links::SetupLinksPage
                        ssr=SsrMode::Async
                    />
                    <Route path=path!("/organizations/:organization/users") view=people::users::UsersPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/:organization/users/:user") view=people::user::UserPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/:organization/groups") view=people::groups::GroupsPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/:organization/groups/:group") view=people::group::GroupPage ssr=SsrMode::Async />
                    <Route path=path!("/organizations/:organization/activity") view=activity::list::ActivityPage ssr=SsrMode::Async />
                    <Route
                        path=path!("/organizations/:organization/activity/:entry")
                        view=activity::entry::ActivityEntryPage
                        ssr=SsrMode::Async
                    />
                </FlatRoutes>
            </main>
            <layout::Footer />
            <div id="announced" class="visually-hidden" role="status"></div>
        </Router>
    }
}
