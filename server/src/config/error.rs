//! What can be wrong with settings, said so that it can be put right.

use std::path::PathBuf;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file is not there or not readable.
    #[error("cannot read the settings file {}: {cause}", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("{} is not TOML: {why}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The parser's words, with the place.
        why: String,
    },
    /// A name that is no setting.
    #[error("{place}: there is no setting `{name}`{hint}")]
    Unknown {
        /// File and line, or the variable.
        place: String,
        /// What was written.
        name: String,
        /// The nearest setting, as ` (did you mean `x`?)`, or nothing.
        hint: String,
    },
    /// A value of the wrong kind.
    #[error("{place}: `{name}` must be {wanted}, not {found}")]
    WrongType {
        /// File and line, or the variable.
        place: String,
        /// The setting.
        name: String,
        /// What it must be.
        wanted: &'static str,
        /// What was written.
        found: String,
    },
    /// A value of the right kind that makes no sense.
    #[error("`{name}` {why}")]
    Senseless {
        /// The setting.
        name: &'static str,
        /// What is wrong and what would be right.
        why: String,
    },
    /// Both the variable and its `_FILE` twin are set.
    #[error("both {name} and {name}_FILE are set: keep one of them")]
    Twice {
        /// The variable.
        name: String,
    },
    /// A `_FILE` variable names a file that cannot be read.
    #[error("{name} names {}, which cannot be read: {cause}", path.display())]
    SecretUnreadable {
        /// The variable.
        name: String,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
}
