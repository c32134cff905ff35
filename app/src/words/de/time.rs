//! Times, in German.

use crate::words::time::Time;

pub(in crate::words) static WORDS: Time = Time {
    now: "gerade eben",
    seconds: |n| format!("{n} s"),
    minutes: |n| format!("{n} min"),
    hours: |n| format!("{n} h"),
    days: |n| {
        if n == 1 {
            "1 Tag".to_owned()
        } else {
            format!("{n} Tagen")
        }
    },
    ago: |span| format!("vor {span}"),
    ahead: |span| format!("in {span}"),
    months: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
    date: |day, month, year| format!("{day}. {month} {year}"),
};
