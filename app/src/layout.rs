//! What stands around a page: the bar above, the footer below, and what the act before it came to.

use crate::act::{self, Ending};
use crate::asked::{self, Asked, Look, Theme, words};
use crate::choices::{ChooseLanguage, ChooseTheme};
use crate::failure::{self, Failure};
use crate::link;
use crate::organizations;
use crate::palette::Palette;
use crate::ui::{Kind, Tone, callout, icon, submit_button};
use crate::words::Language;
use contract::{Role, Setup, Viewer};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use leptos_router::params::ParamsMap;

/// A page that asks before it answers. A refusal takes its place.
pub fn page<F>(body: F) -> AnyView
where
    F: Future<Output = Result<AnyView, Failure>> + Send + 'static,
{
    Suspend::new(async move { body.await.unwrap_or_else(|failure| failure::page(&failure)) }).into_any()
}

/// What the browser shows as the page's title. Leptos 0.8 puts it into the head as it is, so what a directory or a
/// person named is escaped here, the one place all titles pass.
pub fn title(page: String, look: Option<&Look>) -> String {
    let whose = look.map_or("Rollcall", |look| look.name.as_str());
    let title = match page.as_str() {
        "" => whose.to_owned(),
        // The portal's own headings name the app already.
        page if look.is_some() && page.contains(whose) => page.to_owned(),
        page => format!("{page} · {whose}"),
    };
    title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The organization that the page is about: of its path, or the one that the setup link opens.
pub fn organization_here() -> String {
    asked::setup().map_or_else(|| parameter("organization"), |setup| setup.organization)
}

/// A part of the page's path.
pub fn parameter(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// The page's query.
pub fn query() -> ParamsMap {
    use_query_map().get_untracked()
}

/// This page's address, without what only told of the act before.
pub fn this_page() -> String {
    let mut query = query();
    for name in act::TOLD {
        query.remove(name);
    }
    format!(
        "{}{}",
        use_location().pathname.get_untracked(),
        query.to_query_string()
    )
}

/// What the act before this page came to, if the address says so.
pub fn notice(ending: Option<&Ending>) -> Option<AnyView> {
    ending.map(|ending| match ending {
        Ending::Done(done) => view! {
            <div class="ending" role="status" data-kept="">
                {callout(Tone::Good, (words().refusals.done)(*done), ())}
            </div>
        }
        .into_any(),
        Ending::Refused(refused) => view! {
            <div class="ending" role="alert" data-kept="">{failure::notice(refused)}</div>
        }
        .into_any(),
    })
}

/// What the act before this page came to.
pub fn ending() -> Option<Ending> {
    act::ending(&query())
}

/// The bar above every page.
#[component]
pub fn Bar() -> impl IntoView {
    let words = words();
    let viewer = Asked::here().and_then(|asked| asked.viewer);
    let console = viewer.is_some() && asked::setup().is_none();
    view! {
        <a class="skip-link" href="#content">{words.frame.skip}</a>
        <header class="bar">
            {brand()}
            {console.then(|| view! {
                <nav aria-label=words.frame.main_navigation>
                    <a href=link::organizations().href()>{words.organizations.title}</a>
                    {asked::may_change().then(|| view! {
                        <a href=link::staff_door().href()>{words.staff.title}</a>
                    })}
                </nav>
            })}
            {console.then(|| view! {
                <Palette
                    search=words.frame.search.to_owned()
                    label=words.frame.palette_label.to_owned()
                    hint=words.frame.palette_hint.to_owned()
                    nothing=words.frame.palette_nothing.to_owned()
                />
            })}
            {viewer.map(|viewer| view! {
                {who(&viewer)}
                <form method="post" action=link::sign_out().href()>
                    {submit_button(Kind::Quiet, words.frame.sign_out)}
                </form>
            })}
        </header>
    }
}

/// Whoever came by a setup link has no name until they sign in with Microsoft: they are called by what they are.
fn who(viewer: &Viewer) -> AnyView {
    let role = (words().frame.role)(viewer.role);
    let unnamed = viewer.role == Role::TenantAdmin && viewer.identity.is_none();
    let name = if unnamed {
        role.to_owned()
    } else {
        viewer.person.clone()
    };
    view! {
        <p class="viewer">
            <span class="viewer-name"><bdi>{name}</bdi></span>
            {(viewer.role != Role::Owner && !unnamed).then(|| view! {
                <span class="viewer-role">{role}</span>
            })}
        </p>
    }
    .into_any()
}

/// Whose pages these are: ours, or the app's whose portal it is.
fn brand() -> AnyView {
    match (asked::look(), asked::setup()) {
        (Some(look), setup) => app_brand(look, setup.is_some()),
        // A portal without a session is nobody's, and not the console's either.
        (None, None) if this_page().starts_with("/setup/") => {
            view! { <span class="brand"></span> }.into_any()
        }
        (None, None) => view! {
            <a class="brand" href=link::organizations().href()>
                {icon("rollcall")}
                <span>"Rollcall"</span>
            </a>
        }
        .into_any(),
        (None, Some(setup)) => Suspend::new(named_brand(setup)).into_any(),
    }
}

fn app_brand(look: Look, inside: bool) -> AnyView {
    let content = view! {
        {look.logo.map(|logo| view! { <img class="logo" src=logo alt="" /> })}
        <span><bdi>{look.name}</bdi></span>
    };
    match inside {
        true => view! { <a class="brand" href=link::setup().href()>{content}</a> }.into_any(),
        false => view! { <span class="brand">{content}</span> }.into_any(),
    }
}

/// On the pages of the console that a link opens as well.
async fn named_brand(setup: Setup) -> AnyView {
    let name = organizations::api::organization(setup.organization)
        .await
        .map_or_else(|_| words().setup.home.to_owned(), |found| found.app.name);
    view! { <a class="brand" href=link::setup().href()><span><bdi>{name}</bdi></span></a> }.into_any()
}

/// The footer: language and light, each a form that works by itself.
#[component]
pub fn Footer() -> impl IntoView {
    let words = words().frame;
    let chosen = Asked::here().map(|asked| asked.preferences).unwrap_or_default();
    let back = this_page();
    let languages: Vec<_> = Language::ALL
        .into_iter()
        .map(|language| {
            choice(
                "language",
                language.code(),
                language.name(),
                chosen.language == language,
                Some(language.code()),
            )
        })
        .collect();
    let themes = [
        (Theme::System, words.theme_system),
        (Theme::Light, words.theme_light),
        (Theme::Dark, words.theme_dark),
    ];
    let themes: Vec<_> = themes
        .into_iter()
        .map(|(theme, name)| choice("theme", theme.slug(), name, chosen.theme == theme, None))
        .collect();
    view! {
        <footer class="footer">
            <form method="post" action=ChooseLanguage::PATH>
                <input type="hidden" name="back" value=back.clone() />
                <fieldset>
                    <legend>{words.language}</legend>
                    {languages}
                </fieldset>
            </form>
            <form method="post" action=ChooseTheme::PATH data-themes="">
                <input type="hidden" name="back" value=back.clone() />
                <fieldset>
                    <legend>{words.theme}</legend>
                    {themes}
                </fieldset>
            </form>
        </footer>
    }
}

fn choice(
    name: &'static str,
    value: &'static str,
    label: &'static str,
    chosen: bool,
    lang: Option<&'static str>,
) -> AnyView {
    view! {
        <button type="submit" name=name value=value lang=lang aria-pressed=if chosen { "true" } else { "false" }>
            {label}
        </button>
    }
    .into_any()
}
