//! A list's search: a form whose state is the page's address.

use super::icon;
use crate::asked::words;
use leptos::prelude::*;

/// The search field of a list; `others` are the list's further filters.
pub fn search(action: String, label: &'static str, value: String, others: AnyView) -> AnyView {
    let words = words().frame;
    view! {
        <form class="search" method="get" action=action role="search">
            <div class="search-field">
                {icon("search")}
                <label class="visually-hidden" for="search">{label}</label>
                <input id="search" name="search" type="search" value=value placeholder=label maxlength="200"
                    autocomplete="off" spellcheck="false" />
            </div>
            {others}
            <button class="button" type="submit">{words.search}</button>
        </form>
    }
    .into_any()
}
