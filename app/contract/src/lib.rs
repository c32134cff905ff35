//! The words browser and server share, and nothing else: no framework, no runtime, no SQL.
//!
//! | room | what it says |
//! |---|---|
//! | [`viewer`] | who asks, with which role, and how far they reach |
//! | [`refusal`] | why an answer is no |
//! | [`page`] | how lists page, in one way |
//! | [`organizations`], [`directories`], [`people`], [`activity`] | one noun each: its data and its questions |
//! | [`onboarding`] | the steps of each checklist, derived from facts by a pure function |
//! | [`setup_links`], [`staff`] | how a customer's admin and the app's own team come in |
//! | [`support_views`] | what lets support see personal data, and for how long |
//! | [`health`] | a verdict, derived from signals by a pure function |
//!
//! The server implements [`Portal`]; the pages ask it through server functions and never learn what stands behind it.

pub mod activity;
pub mod directories;
pub mod health;
pub mod live;
pub mod onboarding;
pub mod organizations;
pub mod page;
pub mod people;
pub mod refusal;
pub mod setup_links;
pub mod staff;
pub mod support_views;
pub mod viewer;

pub use refusal::Refusal;
pub use viewer::{Identity, Reach, Role, Setup, Viewer};

/// Microseconds since 1970-01-01T00:00:00Z: the one form of time between server and browser.
pub type Micros = i64;

/// What every question answers.
pub type Answer<T> = Result<T, Refusal>;

/// Everything the pages may ask. Implemented by the server; each method decides for itself whether the viewer may.
pub trait Portal:
    organizations::Organizations
    + directories::Directories
    + people::People
    + activity::ActivityLog
    + onboarding::Onboarding
    + setup_links::SetupLinks
    + staff::Staff
    + support_views::SupportViews
    + Send
    + Sync
    + 'static
{
}
