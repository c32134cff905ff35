//! Small bars for a day's requests, drawn with attributes alone. The words below tell what a glance shows.

use crate::asked::words;
use leptos::prelude::*;

const BAR: u32 = 5;
const GAP: u32 = 2;
const HEIGHT: u32 = 28;

/// One bar an hour, the newest on the right.
pub fn sparkline(hours: &[u32]) -> AnyView {
    let words = words();
    let peak = hours.iter().copied().max().unwrap_or_default();
    let total: u64 = hours.iter().copied().map(u64::from).sum();
    let label = (words.directories.requests_label)(&words.number(total), &words.number(u64::from(peak)));
    let width = u32::try_from(hours.len()).unwrap_or_default() * (BAR + GAP);
    let bars: Vec<_> = hours
        .iter()
        .zip(0_u32..)
        .map(|(count, index)| bar(*count, peak, index))
        .collect();
    view! {
        <svg class="sparkline" role="img" aria-label=label width=width height=HEIGHT viewBox=format!("0 0 {width} {HEIGHT}")>
            {bars}
        </svg>
    }
    .into_any()
}

fn bar(count: u32, peak: u32, index: u32) -> AnyView {
    let tall = height(count, peak);
    view! {
        <rect class=if count == 0 { "none" } else { "some" } x=index * (BAR + GAP) y=HEIGHT - tall width=BAR height=tall rx="1"></rect>
    }
    .into_any()
}

/// An hour with any request stands out from one with none, whatever the peak.
fn height(count: u32, peak: u32) -> u32 {
    match count {
        0 => 2,
        _ => {
            4 + u32::try_from(u64::from(count) * u64::from(HEIGHT - 4) / u64::from(peak.max(1)))
                .unwrap_or(HEIGHT - 4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_in_the_picture() {
        assert_eq!(height(0, 0), 2);
        assert_eq!(height(1, 1_000_000), 4);
        assert_eq!(height(u32::MAX, u32::MAX), HEIGHT);
    }
}
