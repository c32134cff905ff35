//! Support's looks at people's data, in English.

use crate::words::support_views::SupportViews;

pub(super) static WORDS: SupportViews = SupportViews {
    reason: "Why do you look?",
    reason_help: "A ticket number, or what you were asked. 3 to 200 characters.",
    how_long: "For how long?",
    minutes: |minutes| match minutes {
        0..60 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    },
    begin: "Show personal data",
    back: "Back to the organization",
    banner: "You see personal data of this organization",
    because: "Reason:",
    ends: "Ends",
    end_now: "End now",
};
