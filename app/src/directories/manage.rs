//! What is done with a directory as a whole: rename, disable, enable, delete, each after saying what it means.

use super::api::{DeleteDirectory, DisableDirectory, EnableDirectory, RenameDirectory};
use super::tokens::which;
use crate::act::{Act, Ending, refusal_of};
use crate::asked::words;
use crate::failure::in_field;
use crate::ui::{Dialog, Field, Kind, confirm_name, dialog, field, open_button, submit_button};
use contract::directories::Directory;
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The buttons, and the dialogs behind them.
pub(super) fn manage(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let words = words().directories;
    let switch = match directory.enabled {
        true => open_button(Kind::Secondary, "disable-directory".to_owned(), words.disable),
        false => enable(organization, directory),
    };
    view! {
        <section class="manage" aria-labelledby="manage">
            <h2 id="manage">{words.acts}</h2>
            <div class="manage-acts">
                {open_button(Kind::Secondary, "rename-directory".to_owned(), words.rename)}
                {switch}
                {open_button(Kind::Danger, "delete-directory".to_owned(), words.delete)}
            </div>
            {rename(organization, directory, ending)}
            {disable(organization, directory)}
            {delete(organization, directory, ending)}
        </section>
    }
    .into_any()
}

/// Enabling destroys nothing, so it asks nothing.
pub(super) fn enable(organization: &Organization, directory: &Directory) -> AnyView {
    view! {
        <form method="post" action=EnableDirectory::PATH>
            {which(organization, directory)}
            {submit_button(Kind::Secondary, words().directories.enable)}
        </form>
    }
    .into_any()
}

fn rename(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let words = words().directories;
    let refused = refusal_of(ending, Act::RenameDirectory);
    let form = view! {
        {which(organization, directory)}
        {field(Field {
            id: "rename-directory-name".to_owned(),
            name: "name",
            label: words.rename_label.to_owned(),
            help: Some(words.rename_help),
            value: refused.as_ref().map_or_else(|| directory.name.clone(), |refused| refused.entered.clone()),
            required: true,
            error: refused.as_ref().and_then(in_field),
            autocomplete: "off",
            ..Field::default()
        })}
    };
    dialog(Dialog {
        id: "rename-directory".to_owned(),
        title: words.rename_title.to_owned(),
        action: RenameDirectory::PATH,
        form: Some(form.into_any()),
        kind: Kind::Primary,
        label: words.rename_do,
        open: refused.is_some(),
        ..Dialog::default()
    })
}

fn disable(organization: &Organization, directory: &Directory) -> AnyView {
    let words = words().directories;
    dialog(Dialog {
        id: "disable-directory".to_owned(),
        title: (words.disable_title)(&directory.name),
        body: vec![view! { <p>{words.disable_text}</p> }.into_any()],
        action: DisableDirectory::PATH,
        form: Some(which(organization, directory)),
        kind: Kind::Danger,
        label: words.disable_do,
        open: false,
    })
}

fn delete(organization: &Organization, directory: &Directory, ending: Option<&Ending>) -> AnyView {
    let all = words();
    let words = all.directories;
    let refused = refusal_of(ending, Act::DeleteDirectory);
    let tokens = u64::try_from(directory.tokens.len()).unwrap_or_default();
    let text = (words.delete_text)(
        &(words.users)(&all.number(directory.users), directory.users),
        &(words.groups)(&all.number(directory.groups), directory.groups),
        &(words.tokens_count)(&all.number(tokens), tokens),
    );
    let form = view! {
        {which(organization, directory)}
        {confirm_name(
            "delete-directory-name".to_owned(),
            (words.delete_label)(&directory.name),
            &directory.name,
            refused.as_ref().and_then(in_field),
        )}
    };
    dialog(Dialog {
        id: "delete-directory".to_owned(),
        title: (words.delete_title)(&directory.name),
        body: vec![
            view! { <p>{text}</p> }.into_any(),
            view! { <p>{words.delete_alternative}</p> }.into_any(),
        ],
        action: DeleteDirectory::PATH,
        form: Some(form.into_any()),
        kind: Kind::Danger,
        label: words.delete_do,
        open: refused.is_some(),
    })
}
