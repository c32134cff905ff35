//! Every word a person reads, in each language we speak.

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
