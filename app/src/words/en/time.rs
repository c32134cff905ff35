//! Times, in English.

use crate::words::time::Time;

pub(in crate::words) static WORDS: Time = Time {
    now: "just now",
    seconds: |n| format!("{n} s"),
    minutes: |n| format!("{n} min"),
    hours: |n| format!("{n} h"),
    days: |n| {
        if n == 1 {
            "1 day".to_owned()
        } else {
            format!("{n} days")
        }
    },
    ago: |span| format!("{span} ago"),
    ahead: |span| format!("in {span}"),
    months: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    date: |day, month, year| format!("{day} {month} {year}"),
};
