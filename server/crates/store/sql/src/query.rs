//! Named statements and the values bound to them.

/// A named statement whose text serves both databases; made by [`queries!`](crate::queries!).
#[derive(Debug)]
pub struct Query {
    /// `noun::VERB`, for logs and for the test that prepares every statement.
    pub name: &'static str,
    /// The text for PostgreSQL, with `$1…$n`, ending in `FOR UPDATE` where `locks_rows`.
    pub postgres: &'static str,
    /// The text for SQLite, with `?1…?n`; its writer is alone, so it needs no row locks.
    pub sqlite: &'static str,
    /// Whether PostgreSQL locks the rows it reads.
    pub locks_rows: bool,
}

/// A value to bind. Borrows: nothing is copied on the way to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// SQL NULL of any type.
    Null,
    /// `BIGINT`, `INTEGER`: counts, versions, microseconds since 1970 UTC.
    Int(i64),
    /// `BOOLEAN`; 0 or 1 in SQLite.
    Bool(bool),
    /// `TEXT`.
    Text(&'a str),
    /// `BYTEA`, `BLOB`.
    Blob(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `sql` with every `$` turned into `?`: PostgreSQL's numbered parameters in SQLite's spelling. Our statements hold no
/// other `$`. Runs at compile time.
#[must_use]
pub const fn question_marks<const N: usize>(sql: &str) -> [u8; N] {
    let bytes = sql.as_bytes();
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = if bytes[i] == b'$' { b'?' } else { bytes[i] };
        i += 1;
    }
    out
}

/// Declares named statements, and `ALL`, the list of them.
///
/// ```
/// mod users {
///     store_sql::queries! { "users";
///         /// One user.
///         GET = "SELECT body FROM users WHERE directory_id = $1 AND id = $2";
///         /// One user, held until the transaction ends.
///         LOCK locking = "SELECT body FROM users WHERE directory_id = $1 AND id = $2";
///         /// Copies a user that nobody may delete until the transaction ends.
///         COPY keeping = "INSERT INTO copies SELECT found.body FROM users found WHERE found.id = $1", " RETURNING id";
///     }
/// }
/// assert_eq!(users::GET.name, "users::GET");
/// assert_eq!(users::GET.sqlite, "SELECT body FROM users WHERE directory_id = ?1 AND id = ?2");
/// assert!(users::LOCK.postgres.ends_with("$2 FOR UPDATE"));
/// assert_eq!(users::COPY.sqlite, "INSERT INTO copies SELECT found.body FROM users found WHERE found.id = ?1 RETURNING id");
/// assert!(users::COPY.postgres.ends_with("found.id = $1 FOR KEY SHARE OF found RETURNING id"));
/// assert_eq!(users::ALL.len(), 3);
/// ```
///
/// A `keeping` statement calls the rows it rests on `found`; its second text stands behind the clause that keeps them.
#[macro_export]
macro_rules! queries {
    ($noun:literal; $($(#[$doc:meta])* $name:ident $($word:ident)? = $sql:expr $(, $rest:expr)?;)+) => {
        $($crate::queries!(@one $noun, $(#[$doc])* $name, $($word,)? $sql $(, $rest)?);)+
        /// Every statement of this file.
        pub static ALL: &[&$crate::Query] = &[$(&$name),+];
    };
    (@one $noun:literal, $(#[$doc:meta])* $name:ident, locking, $sql:expr) => {
        $crate::queries!(@make $noun, $(#[$doc])* $name, $sql, concat!($sql, " FOR UPDATE"), true);
    };
    (@one $noun:literal, $(#[$doc:meta])* $name:ident, keeping, $sql:expr, $rest:expr) => {
        $crate::queries!(
            @make $noun, $(#[$doc])* $name, concat!($sql, $rest), concat!($sql, " FOR KEY SHARE OF found", $rest), false
        );
    };
    (@one $noun:literal, $(#[$doc:meta])* $name:ident, $sql:expr) => {
        $crate::queries!(@make $noun, $(#[$doc])* $name, $sql, $sql, false);
    };
    (@make $noun:literal, $(#[$doc:meta])* $name:ident, $sql:expr, $postgres:expr, $locks:literal) => {
        $(#[$doc])*
        pub static $name: $crate::Query = {
            const SQL: &str = $sql;
            const BYTES: [u8; SQL.len()] = $crate::question_marks(SQL);
            const SQLITE: &str = match ::core::str::from_utf8(&BYTES) {
                Ok(sql) => sql,
                Err(_) => panic!("only ASCII is replaced"),
            };
            $crate::Query {
                name: concat!($noun, "::", stringify!($name)),
                postgres: $postgres,
                sqlite: SQLITE,
                locks_rows: $locks,
            }
        };
    };
}
