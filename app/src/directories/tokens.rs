//! A directory's tokens: which are alive, when each was used, rotate, revoke.

use super::api::{CreateToken, RevokeToken};
use crate::act::{Act, Ending, refusal_of};
use crate::asked::{framed, may_change, now, words};
use crate::failure::in_field;
use crate::link;
use crate::setup::own_window;
use crate::time;
use crate::ui::{
    Dialog, Field, Kind, Tone, callout, cell, dialog, field, heading, open_button, prose, row_heading, table,
    timestamp, timestamp_or,
};
use contract::directories::{Directory, Token};
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A provider that used a token within two hours still uses it: Entra comes every 40 minutes.
const IN_USE: contract::Micros = 2 * 60 * 60 * 1_000_000;

/// At most so many are alive at once.
const AT_MOST: usize = 2;

/// The tokens with what can be done about them.
pub(super) fn tokens(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let words = words().directories;
    let alive: Vec<&Token> = directory
        .tokens
        .iter()
        .filter(|token| token.is_alive(now()))
        .collect();
    let count = u64::try_from(alive.len()).unwrap_or_default();
    let dialogs: Vec<_> = alive
        .iter()
        .map(|token| revoke(organization, directory, token, alive.len()))
        .collect();
    let acts = may_change() && !framed();
    view! {
        <section class="tokens" aria-labelledby="tokens">
            <div class="section-top">
                <h2 class="minor" id="tokens">{words.tokens} " " <span class="second-line">{(words.tokens_alive)(count)}</span></h2>
                {acts.then(|| rotate_button(alive.len()))}
            </div>
            {list(&directory.tokens)}
            {acts.then(|| view! { {rotate(organization, directory, ending)} {dialogs} })}
            {framed().then(|| own_window(link::directory(&organization.id, &directory.id).href()))}
        </section>
    }
    .into_any()
}

fn rotate_button(alive: usize) -> AnyView {
    let words = words().directories;
    if alive >= AT_MOST {
        return view! { <p class="second-line">{words.rotate_full}</p> }.into_any();
    }
    open_button(Kind::Secondary, "rotate-token".to_owned(), words.rotate)
}

fn list(tokens: &[Token]) -> AnyView {
    let words = words().directories;
    let head = view! {
        {heading(words.token_name)}
        {heading(words.token_created)}
        {heading(words.token_used)}
        {heading(words.token_expires)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = tokens.iter().map(line).collect();
    table(words.tokens, head.into_any(), rows.into_any())
}

fn line(token: &Token) -> AnyView {
    let words = words().directories;
    let alive = token.is_alive(now());
    let name = view! {
        <span>{token.name.clone()}</span>
        <span class="second-line"><code>{(words.token_ends_with)(&token.last4)}</code></span>
    };
    view! {
        <tr data-key=token.id.clone() class:ended=!alive>
            {row_heading(name.into_any())}
            {cell(words.token_created, timestamp(token.created_at))}
            {cell(words.token_used, timestamp_or(token.last_used_at, words.token_unused))}
            {cell(words.token_expires, timestamp_or(token.expires_at, words.token_no_expiry))}
            <td class="row-acts">{state(token, alive)}</td>
        </tr>
    }
    .into_any()
}

fn state(token: &Token, alive: bool) -> AnyView {
    let words = words().directories;
    match token.revoked_at {
        Some(at) => {
            view! { <span class="second-line">{words.token_revoked} " " {timestamp(at)}</span> }.into_any()
        }
        None if !alive => view! { <span class="second-line">{words.token_expired}</span> }.into_any(),
        None if may_change() && !framed() => open_button(Kind::Quiet, revoke_id(token), words.revoke),
        None => view! { <span class="second-line">{words.token_alive}</span> }.into_any(),
    }
}

fn revoke_id(token: &Token) -> String {
    format!("revoke-{}", token.id)
}

fn revoke(organization: &Organization, directory: &Directory, token: &Token, alive: usize) -> AnyView {
    let words = words().directories;
    let which_one = view! { <p><code>{(words.token_ends_with)(&token.last4)}</code></p> };
    let hidden = view! {
        {which(organization, directory)}
        <input type="hidden" name="token" value=token.id.clone() />
    };
    dialog(Dialog {
        id: revoke_id(token),
        title: (words.revoke_title)(&token.name),
        body: vec![which_one.into_any(), what_revoking_means(token, alive)],
        action: RevokeToken::PATH,
        form: Some(hidden.into_any()),
        kind: Kind::Danger,
        label: words.revoke_do,
        open: false,
    })
}

fn what_revoking_means(token: &Token, alive: usize) -> AnyView {
    let words = words();
    if alive == 1 {
        return callout(Tone::Danger, words.directories.revoke_last, ());
    }
    let in_use = token.last_used_at.filter(|at| now() - at < IN_USE).map(|at| {
        let ago = time::relative(at, now(), words.time);
        callout(Tone::Warning, (words.directories.revoke_in_use)(&ago), ())
    });
    view! { <p>{words.directories.revoke_other}</p> {in_use} }.into_any()
}

fn rotate(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let all = words();
    let words = all.directories;
    let refused = refusal_of(ending, Act::CreateToken);
    let suggested = (words.rotate_name)(&time::date(now(), all.time));
    let steps = (words.rotate_steps)(directory.provider).map(|step| view! { <li>{prose(step)}</li> });
    let form = view! {
        {which(organization, directory)}
        {field(Field {
            id: "rotate-token-name".to_owned(),
            name: "name",
            label: words.token_name.to_owned(),
            help: Some(words.rotate_name_help),
            value: refused.as_ref().map_or(suggested, |refused| refused.entered.clone()),
            required: true,
            error: refused.as_ref().and_then(in_field),
            autocomplete: "off",
            ..Field::default()
        })}
        {field(Field {
            id: "rotate-token-expires".to_owned(),
            name: "expires_on",
            kind: Some("date"),
            label: format!("{} ({})", words.rotate_expires, all.frame.optional),
            help: Some(words.rotate_expires_help),
            autocomplete: "off",
            ..Field::default()
        })}
    };
    dialog(Dialog {
        id: "rotate-token".to_owned(),
        title: words.rotate_title.to_owned(),
        body: vec![view! { <ol>{steps.into_iter().collect::<Vec<_>>()}</ol> }.into_any()],
        action: CreateToken::PATH,
        form: Some(form.into_any()),
        kind: Kind::Primary,
        label: words.rotate_do,
        open: refused.is_some(),
    })
}

/// Which directory a form is about.
pub(super) fn which(organization: &Organization, directory: &Directory) -> AnyView {
    view! {
        <input type="hidden" name="organization" value=organization.id.clone() />
        <input type="hidden" name="directory" value=directory.id.clone() />
    }
    .into_any()
}
