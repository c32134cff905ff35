//! Every word a person reads, in each language we speak.
//!
//! Each noun has its struct here and its words in `en/` and `de/`; a word that one language lacks does not compile.
//! The browser's half reads only [`Language::time`], so that the rest of the catalogue never reaches its bundle.

pub mod activity;
mod de;
pub mod directories;
mod en;
pub mod entrance;
pub mod erp;
pub mod frame;
pub mod health;
pub mod onboarding;
pub mod organizations;
pub mod people;
pub mod refusals;
pub mod setup;
pub mod staff;
pub mod support_views;
pub mod time;

/// The whole catalogue in one language.
pub struct Words {
    /// Which language.
    pub language: Language,
    /// What stands around every page.
    pub frame: &'static frame::Frame,
    /// Times.
    pub time: &'static time::Time,
    /// Organizations.
    pub organizations: &'static organizations::Organizations,
    /// Directories, their tokens and their providers.
    pub directories: &'static directories::Directories,
    /// Verdicts and checks.
    pub health: &'static health::Health,
    /// Checklists and steps.
    pub onboarding: &'static onboarding::Onboarding,
    /// Users and groups.
    pub people: &'static people::People,
    /// Activity.
    pub activity: &'static activity::Activity,
    /// The ERP checklist.
    pub erp: &'static erp::Erp,
    /// Setup links, and the portal behind them.
    pub setup: &'static setup::Setup,
    /// Sign-in and invites.
    pub entrance: &'static entrance::Entrance,
    /// Staff, invites and sessions.
    pub staff: &'static staff::Staff,
    /// Support's looks at people's data.
    pub support_views: &'static support_views::SupportViews,
    /// Why an answer is no.
    pub refusals: &'static refusals::Refusals,
}

impl Words {
    /// A number as this language groups its digits.
    pub fn number(&self, number: u64) -> String {
        let separator = match self.language {
            Language::English => ',',
            Language::German => '.',
        };
        let digits = number.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }
}

/// A language the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language, in the order of the switch.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// The catalogue in this language.
    pub fn words(self) -> &'static Words {
        match self {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
        }
    }

    /// Of the catalogue, only times.
    pub fn time(self) -> &'static time::Time {
        match self {
            Language::English => &en::time::WORDS,
            Language::German => &de::time::WORDS,
        }
    }

    /// Its BCP 47 code, for `lang` and the cookie.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// The language of that code; a region after it is ignored.
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split('-').next().unwrap_or_default();
        Language::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The first language of an `Accept-Language` header that we speak. Browsers send them in order of preference.
    pub fn preferred(accept: &str) -> Self {
        let codes = accept
            .split(',')
            .map(|entry| entry.split(';').next().unwrap_or_default().trim());
        codes
            .into_iter()
            .find_map(Language::from_code)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let words = Language::English.words();
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")];
        for (number, expected) in cases {
            assert_eq!(words.number(number), expected);
        }
        assert_eq!(Language::German.words().number(20_000), "20.000");
    }
}
