//! Every statement that is known beforehand, by noun. A test prepares each against both schemas.

use store_sql::Query;

pub(crate) mod activity;
pub(crate) mod api_keys;
pub(crate) mod apps;
pub(crate) mod attempts;
pub(crate) mod bootstrap_links;
pub(crate) mod directories;
pub(crate) mod events;
pub(crate) mod findings;
pub(crate) mod groups;
pub(crate) mod invites;
pub(crate) mod members;
pub(crate) mod migrations;
pub(crate) mod organizations;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod setup_links;
pub(crate) mod signals;
pub(crate) mod staff;
pub(crate) mod support_views;
pub(crate) mod tokens;
pub(crate) mod users;

/// Every named statement.
pub fn all() -> impl Iterator<Item = &'static Query> {
    [
        activity::ALL,
        apps::ALL,
        bootstrap_links::ALL,
        directories::ALL,
        events::ALL,
        groups::ALL,
        members::ALL,
        migrations::ALL,
        organizations::ALL,
        sessions::ALL,
        settings::ALL,
        signals::ALL,
        tokens::ALL,
        api_keys::ALL,
        attempts::ALL,
        findings::ALL,
        invites::ALL,
        setup_links::ALL,
        staff::ALL,
        support_views::ALL,
        users::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
