//! The words of support's looks at people's data.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

/// The form that wants a reason, and what stands above the pages while a look lasts.
pub struct SupportViews {
    pub reason: &'static str,
    pub reason_help: &'static str,
    pub how_long: &'static str,
    /// So many minutes.
    pub minutes: fn(u32) -> String,
    pub begin: &'static str,
    pub back: &'static str,
    pub banner: &'static str,
    pub because: &'static str,
    pub ends: &'static str,
    pub end_now: &'static str,
}
