//! The words of what stands around every page.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use contract::Role;

/// Header, footer, and what every list and form has in common.
pub struct Frame {
    pub description: &'static str,
    pub skip: &'static str,
    pub main_navigation: &'static str,
    pub breadcrumb: &'static str,
    pub search: &'static str,
    pub palette_label: &'static str,
    pub palette_hint: &'static str,
    pub palette_nothing: &'static str,
    pub palette_pages: &'static str,
    pub palette_users: &'static str,
    pub palette_actions: &'static str,
    pub close: &'static str,
    pub cancel: &'static str,
    pub dismiss: &'static str,
    pub copy: &'static str,
    pub copy_what: fn(&str) -> String,
    pub copied: &'static str,
    pub copy_failed: &'static str,
    pub language: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub sign_out: &'static str,
    pub role: fn(Role) -> &'static str,
    pub live: &'static str,
    pub live_what: &'static str,
    pub live_lost: &'static str,
    pub next_page: &'static str,
    pub previous_page: &'static str,
    pub pages: &'static str,
    pub opens_elsewhere: &'static str,
    pub optional: &'static str,
    pub never: &'static str,
    pub none: &'static str,
}
