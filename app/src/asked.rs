//! What the server hands to every page and server function: who asks, whom to ask, what time it is.

use contract::{Micros, Portal, Setup, Viewer};
use leptos::prelude::*;
use std::sync::Arc;

use crate::words::{Language, Words};

/// One request, as the pages see it. The server provides it in Leptos context for pages and for server functions alike:
///
/// ```text
/// let context = move || provide_context(app::asked::Asked {
///     portal: portal.clone(),                    // the implementation of the contract
///     viewer,                                    // None: no session; every page then says how to get one
///     now: clock.now(),                          // microseconds since 1970 UTC
///     site: site.clone(),                        // Arc::new(Site::of(pkg_dir)), made once from the site's manifest
///     preferences: app::server::preferences(&parts.headers),
///     microsoft: true,                           // sign-in with Microsoft is configured
///     look: None,                                // whose portal it is, on pages below /setup
///     way_out: None,                             // a ticket for a window of its own, on framed pages
///     admin_center: admin_center.clone(),        // the origin of Microsoft's pages for administrators
/// });
/// ```
#[derive(Clone)]
pub struct Asked {
    /// Whom the pages ask.
    pub portal: Arc<dyn Portal>,
    /// Who is signed in, found by the server from the session cookie.
    pub viewer: Option<Viewer>,
    /// When the request arrived.
    pub now: Micros,
    /// The names of the files in the site.
    pub site: Arc<Site>,
    /// What the reader chose for language and light.
    pub preferences: Preferences,
    /// Is sign-in with Microsoft configured?
    pub microsoft: bool,
    /// Whose portal it is; on the pages of a portal alone.
    pub look: Option<Look>,
    /// What a form of a framed page names the frame's session by, in the window that it opens.
    pub way_out: Option<String>,
    /// The origin of Microsoft's pages for administrators, such as `https://entra.microsoft.com`.
    pub admin_center: Arc<str>,
}

/// The app whose portal it is, as its customers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its name.
    pub name: String,
    /// The address of the style sheet with its accent.
    pub stylesheet: Option<String>,
    /// The address of its logo.
    pub logo: Option<String>,
    /// The origins that may embed the portal.
    pub embedded_by: Vec<String>,
}

impl Asked {
    /// The request being answered; `None` while the route table is read, and in the browser.
    pub fn here() -> Option<Self> {
        use_context()
    }

    /// May the viewer change anything?
    pub fn may_change(&self) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| viewer.role.may_change())
    }
}

/// The catalogue in the reader's language.
pub fn words() -> &'static Words {
    Asked::here()
        .map(|asked| asked.preferences.language)
        .unwrap_or_default()
        .words()
}

/// When the request arrived.
pub fn now() -> Micros {
    Asked::here().map(|asked| asked.now).unwrap_or_default()
}

/// May the viewer change anything? What they may not do is not offered.
pub fn may_change() -> bool {
    Asked::here().is_some_and(|asked| asked.may_change())
}

/// What the setup link opens, when the viewer came by one; the pages then show nothing else.
pub fn setup() -> Option<Setup> {
    Asked::here()?.viewer?.reach.setup().cloned()
}

/// Whose portal it is; nothing on pages of the console.
pub fn look() -> Option<Look> {
    Asked::here()?.look
}

/// Is the portal within another site's page? Then secrets are handled in a window of its own, and so is Microsoft.
pub fn framed() -> bool {
    setup().is_some_and(|setup| setup.framed)
}

/// What names the frame's session in a window of its own.
pub fn way_out() -> Option<String> {
    Asked::here()?.way_out
}

/// Is sign-in with Microsoft configured?
pub fn microsoft() -> bool {
    Asked::here().is_some_and(|asked| asked.microsoft)
}

/// Where the browser finds the site's files: absolute paths, hashed where the bundler hashes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The script that wasm-bindgen made, such as `/pkg/1a2b3c/rollcall.js`.
    pub script: String,
    /// The WASM it loads, such as `/pkg/1a2b3c/rollcall.wasm`.
    pub wasm: String,
    /// The joined styles, such as `/pkg/1a2b3c/rollcall.css`.
    pub stylesheet: String,
    /// The icon sprite, such as `/icons.svg`.
    pub icons: String,
    /// The favicon, such as `/favicon.svg`.
    pub favicon: String,
}

impl Site {
    /// The site whose manifest names this `pkg-dir` (such as `pkg/1a2b3c`); the rest keeps its names.
    pub fn of(pkg_dir: &str) -> Self {
        let file = |extension: &str| format!("/{pkg_dir}/rollcall.{extension}");
        Site {
            script: file("js"),
            wasm: file("wasm"),
            stylesheet: file("css"),
            icons: "/icons.svg".to_owned(),
            favicon: "/favicon.svg".to_owned(),
        }
    }
}

/// What a reader chose, kept in cookies, or what their browser says it prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Which language the pages speak.
    pub language: Language,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Dark text on light.
    Light,
    /// Light text on dark.
    Dark,
}

impl Theme {
    /// The word for it in the cookie and in `data-theme`.
    pub fn slug(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of that word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Theme::System, Theme::Light, Theme::Dark]
            .into_iter()
            .find(|theme| theme.slug() == slug)
    }
}
