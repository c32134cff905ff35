//! The words of times.

use contract::Micros;

/// How long ago, how soon, and which day.
pub struct Time {
    /// Less than ten seconds away.
    pub now: &'static str,
    /// So many seconds.
    pub seconds: fn(Micros) -> String,
    /// So many minutes.
    pub minutes: fn(Micros) -> String,
    /// So many hours.
    pub hours: fn(Micros) -> String,
    /// So many days.
    pub days: fn(Micros) -> String,
    /// A span that has passed.
    pub ago: fn(&str) -> String,
    /// A span still to come.
    pub ahead: fn(&str) -> String,
    /// The months' short names.
    pub months: [&'static str; 12],
    /// A date from its day, its month's name and its year.
    pub date: fn(i64, &str, i64) -> String,
}
