//! Enums that are kept as a fixed word.

/// Declares an enum with its words: `as_str`, `ALL`, `FromStr`, and reading from a row.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident $noun:literal { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$each])* $variant,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is kept as.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            pub(crate) fn read<C: store_sql::Columns>(
                row: &C,
                column: usize,
            ) -> Result<Self, store_sql::StoreError> {
                let word = row.text(column)?;
                word.parse().map_err(|()| {
                    store_sql::StoreError::Corrupt(format!("{word:?} is no {}", $noun))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(()),
                }
            }
        }
    };
}
pub(crate) use words;
