//! Who is signed in now, and the way to end it.

use super::api::EndSession;
use crate::asked::{may_change, words};
use crate::ui::{cell, heading, row_heading, table, timestamp};
use contract::staff::SessionRow;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub(super) fn sessions(app: &str, sessions: &[SessionRow]) -> AnyView {
    let words = words().staff;
    let head = view! {
        {heading(words.person)}
        {heading(words.role)}
        {heading(words.began)}
        {heading(words.seen)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = sessions.iter().map(|one| line(app, one)).collect();
    view! {
        <section class="staff" aria-labelledby="sessions">
            <h2 id="sessions">{words.sessions}</h2>
            <p class="second-line">{words.sessions_text}</p>
            {table(words.sessions, head.into_any(), rows.into_any())}
        </section>
    }
    .into_any()
}

fn line(app: &str, one: &SessionRow) -> AnyView {
    let words = words().staff;
    view! {
        <tr data-key=one.id.clone()>
            {row_heading(view! { <bdi>{one.person.clone()}</bdi> }.into_any())}
            {cell(words.role, (words.role_word)(one.role).into_any())}
            {cell(words.began, timestamp(one.created_at))}
            {cell(words.seen, timestamp(one.seen_at))}
            <td class="row-acts">{act(app, one)}</td>
        </tr>
    }
    .into_any()
}

/// One's own session ends by signing out.
fn act(app: &str, one: &SessionRow) -> AnyView {
    let words = words().staff;
    if one.current {
        return view! { <span class="second-line">{words.current}</span> }.into_any();
    }
    if !may_change() {
        return ().into_any();
    }
    view! {
        <form method="post" action=EndSession::PATH>
            <input type="hidden" name="app" value=app.to_owned() />
            <input type="hidden" name="session" value=one.id.clone() />
            <button class="button quiet" type="submit" aria-label=(words.end_whose)(&one.person)>{words.end}</button>
        </form>
    }
    .into_any()
}
