//! Time as text, without a calendar library: the browser's half must stay small.

use crate::words::time::Time;
use contract::Micros;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;
const DAY: Micros = 24 * HOUR;

/// A moment on the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year, proleptic Gregorian.
    pub year: i64,
    /// 1 to 12.
    pub month: usize,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
}

/// The calendar's view of a moment. Days to civil by Howard Hinnant's `civil_from_days`.
pub fn civil(at: Micros) -> Civil {
    let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: usize::try_from(month).unwrap_or(1),
        day: day_of_year - (153 * march_month + 2) / 5 + 1,
        hour: rest / HOUR,
        minute: rest % HOUR / MINUTE,
        second: rest % MINUTE / SECOND,
    }
}

/// RFC 3339 in UTC to the second, for `datetime`.
pub fn rfc3339(at: Micros) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
    } = civil(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The whole moment in words, in UTC: what stands in the title until the browser puts the reader's zone there.
pub fn absolute(at: Micros, words: &Time) -> String {
    let Civil {
        hour, minute, second, ..
    } = civil(at);
    format!("{}, {hour:02}:{minute:02}:{second:02} UTC", date(at, words))
}

/// The day alone, as a person writes it.
pub fn date(at: Micros, words: &Time) -> String {
    let Civil { year, month, day, .. } = civil(at);
    (words.date)(day, words.months[month - 1], year)
}

/// How long ago, or how soon, in one unit; a date beyond thirty days.
pub fn relative(at: Micros, now: Micros, words: &Time) -> String {
    let distance = (now - at).abs();
    // What ends in three days less a minute ends in three days; what was two hours and a half ago was two hours ago.
    let whole = |unit: Micros| (distance + if at > now { unit / 2 } else { 0 }) / unit;
    let (count, unit) = match distance {
        d if d < 10 * SECOND => return words.now.to_owned(),
        d if d < MINUTE => (distance / (10 * SECOND) * 10, words.seconds),
        d if d < HOUR => (whole(MINUTE), words.minutes),
        d if d < DAY => (whole(HOUR), words.hours),
        d if d < 30 * DAY => (whole(DAY), words.days),
        _ => return date(at, words),
    };
    let span = unit(count);
    if at <= now {
        (words.ago)(&span)
    } else {
        (words.ahead)(&span)
    }
}

/// The moment at which a day given by `<input type="date">` (`2026-11-30`) ends, in UTC; `None` for anything else.
pub fn end_of_day(text: &str) -> Option<Micros> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let midnight = (era * 146_097 + day_of_era - 719_468).checked_mul(DAY)?;
    let Civil {
        year: y,
        month: m,
        day: d,
        ..
    } = civil(midnight);
    let real = (y, i64::try_from(m).ok()?, d) == (year, month, day);
    real.then_some(midnight + DAY - SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    const NOON: Micros = 1_795_176_000 * SECOND; // 2026-11-20T12:00:00Z

    #[test]
    fn known_moments() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400 * SECOND, "2000-02-29T00:00:00Z"),
            (951_868_800 * SECOND - 1, "2000-02-29T23:59:59Z"),
            (NOON, "2026-11-20T12:00:00Z"),
            (4_102_444_800 * SECOND, "2100-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ];
        for (at, expected) in cases {
            assert_eq!(rfc3339(at), expected);
        }
    }

    #[test]
    fn every_day_of_a_century_follows_the_one_before_and_reads_back() {
        let mut before = civil(0);
        for day in 1..36_525 {
            let here = civil(day * DAY);
            let next_day = here.day == before.day + 1 && here.month == before.month;
            let next_month = here.day == 1 && (here.month == before.month + 1 || here.month == 1);
            assert!(next_day || next_month, "{before:?} then {here:?}");
            let text = format!("{:04}-{:02}-{:02}", here.year, here.month, here.day);
            assert_eq!(end_of_day(&text), Some((day + 1) * DAY - SECOND));
            before = here;
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026",
            "2026-02-30",
            "2026-13-01",
            "x-y-z",
            "2026-11-20-1",
            "9999999999999999-01-01",
        ] {
            assert_eq!(end_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn distances_are_told_in_one_unit() {
        let words = Language::English.time();
        let cases = [
            (NOON - 3 * SECOND, "just now"),
            (NOON - 47 * SECOND, "40 s ago"),
            (NOON - 61 * SECOND, "1 min ago"),
            (NOON - 3 * HOUR, "3 h ago"),
            (NOON - DAY, "1 day ago"),
            (NOON + 6 * DAY, "in 6 days"),
            (NOON + 3 * DAY - MINUTE, "in 3 days"),
            (NOON + 59 * HOUR, "in 2 days"),
            (NOON + 30 * MINUTE, "in 30 min"),
            (NOON + 59 * MINUTE, "in 59 min"),
            (NOON - 40 * DAY, "11 Oct 2026"),
        ];
        for (at, expected) in cases {
            assert_eq!(relative(at, NOON, words), expected);
        }
        assert_eq!(
            relative(NOON - 2 * DAY, NOON, Language::German.time()),
            "vor 2 Tagen"
        );
        assert_eq!(absolute(NOON, words), "20 Nov 2026, 12:00:00 UTC");
    }
}
