//! The form for a new organization.

use super::api::{self, CreateOrganization};
use crate::act::{Act, refusal_of};
use crate::asked::{may_change, words};
use crate::failure::{Failure, in_field};
use crate::layout::{ending, notice, page, query};
use crate::link;
use crate::ui::{Field, Kind, field, link_button, submit_button};
use contract::Refusal;
use contract::organizations::App;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// `/organizations/new`
#[component]
pub fn NewOrganizationPage() -> impl IntoView {
    let chosen = query().get("app").unwrap_or_default();
    let ending = ending();
    page(async move {
        let apps = api::apps().await?;
        if !may_change() {
            return Err(Failure(Refusal::Forbidden));
        }
        let words = words();
        let refused = refusal_of(ending.as_ref(), Act::CreateOrganization);
        let error = refused.as_ref().and_then(in_field);
        let top = if error.is_some() {
            None
        } else {
            notice(ending.as_ref())
        };
        Ok(view! {
            <Title text=words.organizations.new_title />
            <div class="narrow">
                {top}
                <nav class="breadcrumb" aria-label=words.frame.breadcrumb>
                    <a href=link::organizations().href()>{words.organizations.title}</a>
                </nav>
                <h1>{words.organizations.new_title}</h1>
                <p class="lead">{words.organizations.new_text}</p>
                <form class="card form" method="post" action=CreateOrganization::PATH>
                    {field(Field {
                        id: "name".to_owned(),
                        name: "name",
                        label: words.organizations.name_label.to_owned(),
                        help: Some(words.organizations.name_help),
                        value: refused.map(|refused| refused.entered).unwrap_or_default(),
                        required: true,
                        error,
                        autocomplete: "organization",
                        ..Field::default()
                    })}
                    {choose_app(&apps, &chosen)}
                    <div class="form-acts">
                        {submit_button(Kind::Primary, words.organizations.create)}
                        {link_button(Kind::Quiet, link::organizations().href(), words.frame.cancel)}
                    </div>
                </form>
            </div>
        }
        .into_any())
    })
}

/// With one app there is nothing to choose.
fn choose_app(apps: &[App], chosen: &str) -> Option<AnyView> {
    let words = words().organizations;
    (apps.len() > 1).then(|| {
        let options: Vec<_> = apps
            .iter()
            .map(|app| view! { <option value=app.id.clone() selected=app.id == chosen>{app.name.clone()}</option> })
            .collect();
        view! {
            <div class="field">
                <label for="app">{words.app_label}</label>
                <select id="app" name="app" aria-describedby="app-help">{options}</select>
                <p class="help" id="app-help">{words.app_help}</p>
            </div>
        }
        .into_any()
    })
}
