//! The way from page to page of a list: by key, both ways, in the address.

use crate::asked::words;
use crate::link::Link;
use contract::page::{Page, PageRequest};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// The keys of the pages around this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    next: Option<String>,
    previous: Option<String>,
}

impl<T> From<&Page<T>> for Pager {
    fn from(page: &Page<T>) -> Self {
        Pager {
            next: page.next.clone(),
            previous: page.previous.clone(),
        }
    }
}

/// Which part of a list the address asks for.
pub fn page_request(query: &ParamsMap) -> PageRequest {
    PageRequest {
        after: query.get("after"),
        before: query.get("before"),
    }
}

/// Links to the page before and the page after, where there is one; `list` is the list's address with its filters.
pub fn pager(pager: &Pager, list: &Link) -> Option<AnyView> {
    let words = words().frame;
    let step = |key: &Option<String>, name: &'static str, label: &'static str, rel: &'static str| {
        key.as_ref().map(|key| {
            view! { <a class="button" rel=rel href=list.clone().with(name, key).href()>{label}</a> }
        })
    };
    (pager.next.is_some() || pager.previous.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=words.pages>
                {step(&pager.previous, "before", words.previous_page, "prev")}
                {step(&pager.next, "after", words.next_page, "next")}
            </nav>
        }
        .into_any()
    })
}
