//! Tables. On a narrow screen each row becomes a card, and each cell says its column's name.

use leptos::prelude::*;

/// A table with its caption for those who do not see where it stands.
pub fn table(caption: &'static str, head: AnyView, rows: AnyView) -> AnyView {
    view! {
        <div class="table-frame">
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A column's name.
pub fn heading(name: &'static str) -> AnyView {
    view! { <th scope="col">{name}</th> }.into_any()
}

/// The name of the column that the rows are ordered by, `ascending` or `descending`.
pub fn sorted_heading(name: &'static str, order: &'static str) -> AnyView {
    view! { <th scope="col" aria-sort=order>{name}</th> }.into_any()
}

/// The name of a column of numbers.
pub fn number_heading(name: &'static str) -> AnyView {
    view! { <th scope="col" class="number">{name}</th> }.into_any()
}

/// The cell that names its row.
pub fn row_heading(content: AnyView) -> AnyView {
    view! { <th scope="row">{content}</th> }.into_any()
}

/// A cell of the named column.
pub fn cell(column: &'static str, content: AnyView) -> AnyView {
    view! { <td data-column=column>{content}</td> }.into_any()
}

/// A cell with a number.
pub fn number_cell(column: &'static str, number: String) -> AnyView {
    view! { <td class="number" data-column=column>{number}</td> }.into_any()
}
