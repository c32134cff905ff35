//! The catalogue in English.

mod activity;
mod directories;
mod entrance;
mod erp;
mod frame;
mod health;
mod onboarding;
mod organizations;
mod people;
mod refusals;
mod setup;
mod staff;
mod support_views;
pub(super) mod time;

use super::{Language, Words};

pub(super) static WORDS: Words = Words {
    language: Language::English,
    frame: &frame::WORDS,
    time: &time::WORDS,
    organizations: &organizations::WORDS,
    directories: &directories::WORDS,
    health: &health::WORDS,
    onboarding: &onboarding::WORDS,
    people: &people::WORDS,
    activity: &activity::WORDS,
    erp: &erp::WORDS,
    setup: &setup::WORDS,
    entrance: &entrance::WORDS,
    staff: &staff::WORDS,
    support_views: &support_views::WORDS,
    refusals: &refusals::WORDS,
};
