//! The Onboarding tab: the ERP checklist, each step with the ways to do it. The same page stands in the console and
//! behind a setup link.

mod app_role;
mod consent;
mod service_user;
mod sign_in;
mod step;
mod test_sign_in;
mod ways;

use super::Told;
use super::api::{self, Recheck};
use crate::act::{Done, Ending};
use crate::asked::{may_change, setup, words};
use crate::entrance::failed_notice;
use crate::layout::{ending, notice, organization_here, page, query};
use crate::link;
use crate::organizations::{self, Here};
use crate::setup_links;
use crate::ui::{Kind, Tone, callout, copy_field, prose, submit_button};
use contract::onboarding::{Candidate, Erp, ErpItem, ErpStep, erp_progress};
use contract::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// What a step's parts are rendered from.
#[derive(Clone)]
struct Shown {
    organization: Organization,
    erp: Erp,
    /// What was searched for, and who was found; `None` when nothing was searched.
    found: Option<(String, Vec<Candidate>)>,
    ending: Option<Ending>,
}

/// `/organizations/{organization}/onboarding[?step=…][&find=…]`, and `/setup/onboarding`
#[component]
pub fn OnboardingPage() -> impl IntoView {
    let id = organization_here();
    let query = query();
    let (find, asked) = (query.get("find"), query.get("step"));
    let (ending, made) = (ending(), query.get("made").unwrap_or_default());
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let erp = api::erp(id.clone()).await?;
        let find = find.filter(|text| !text.trim().is_empty() && erp.facts.admin.is_some());
        let found = match find {
            Some(text) => Some((text.clone(), api::service_users(id, text).await?)),
            None => None,
        };
        let password = match &ending {
            Some(Ending::Done(Done::ServiceUserMade)) => {
                api::reveal_password(organization.id.clone()).await?
            }
            _ => None,
        };
        let url = match &ending {
            Some(Ending::Done(Done::SetupLinkMade)) => setup_links::api::reveal_setup_link(made).await?,
            _ => None,
        };
        let shown = Shown {
            organization,
            erp,
            found,
            ending,
        };
        Ok(view! {
            <Title text=format!("{} · {}", words().erp.tab, shown.organization.name) />
            {organizations::head(&shown.organization, Here::Onboarding, None, None)}
            {notice(shown.ending.as_ref())}
            {failed_notice()}
            {url.map(|url| setup_links::made(url, &link::erp(&shown.organization.id)))}
            {password.map(|password| service_user::password(&shown, password))}
            {needs(&shown)}
            {checklist(&shown, asked.as_deref())}
        }
        .into_any())
    })
}

/// What is needed before one begins, open until the first step is done.
fn needs(shown: &Shown) -> AnyView {
    let words = words().erp;
    let lines: Vec<_> = words
        .needs
        .iter()
        .map(|line| view! { <li>{prose(line)}</li> })
        .collect();
    let begun = shown.erp.items.iter().any(|item| item.state.is_settled());
    view! {
        <details class="card before" open=!begun>
            <summary>{words.before}</summary>
            <div class="before-body">
                <ul class="needs">{lines}</ul>
                {supplied(shown)}
            </div>
        </details>
    }
    .into_any()
}

fn supplied(shown: &Shown) -> AnyView {
    let words = words().erp;
    let redirects = &shown.erp.redirects;
    let uris = [
        (words.redirect_sign_in, &redirects.sign_in),
        (words.redirect_consent, &redirects.consent),
        (words.redirect_test, &redirects.test),
    ];
    let uris: Vec<_> = uris
        .into_iter()
        .filter(|(_, uri)| setup().is_none() && !uri.is_empty())
        .map(|(label, uri)| copy_field(label, uri.clone(), String::new()))
        .collect();
    let values = match &shown.erp.facts.app {
        Some(app) => view! {
            {copy_field(words.client_id, app.client_id.clone(), String::new())}
            {copy_field(words.app_role, app.role.clone(), String::new())}
        }
        .into_any(),
        None => callout(
            Tone::Warning,
            words.app_missing,
            view! { <p>{words.app_missing_text}</p> },
        ),
    };
    view! {
        <h2 class="minor">{words.supplied}</h2>
        {values}
        {(!uris.is_empty()).then(|| view! { <h2 class="minor">{words.redirects}</h2> {uris} })}
    }
    .into_any()
}

fn checklist(shown: &Shown, asked: Option<&str>) -> AnyView {
    let all = words();
    let words = all.erp;
    let items = visible(&shown.erp.items);
    let (done, of) = erp_progress(&items);
    let open = open_step(&items, asked, shown.found.is_some());
    let steps: Vec<_> = items
        .iter()
        .map(|item| view! { <li>{step::step(shown, item, open == Some(item.step))}</li> })
        .collect();
    let told = told(&shown.organization.id, &items);
    view! {
        <section
            class="checklist" aria-labelledby="checklist"
            data-of=told.of data-checklist=told.checklist
            data-steps=told.steps data-steps-done=told.done
        >
            <div class="section-top">
                <div>
                    <h2 id="checklist">{(words.title)(&shown.organization.app.name)}</h2>
                    <p class="second-line">{words.lead}</p>
                </div>
                <div class="page-acts">
                    <p class="checklist-progress" role="status">
                        <progress max=of value=done aria-hidden="true"></progress>
                        <span>{(all.onboarding.progress)(done, of)}</span>
                    </p>
                    {may_change().then(|| recheck(&shown.organization))}
                </div>
            </div>
            <ol class="steps" role="list">{steps}</ol>
            {(done == of).then(|| callout(Tone::Good, words.all_done, ()))}
        </section>
    }
    .into_any()
}

/// What a page around this one is told.
pub fn told(organization: &str, items: &[ErpItem]) -> Told {
    let items = visible(items);
    let done = items.iter().filter(|item| item.state.is_settled());
    let done = done.map(|item| item.step.slug().to_owned()).collect();
    Told::new(organization, "erp", items.len(), done)
}

/// A link for one step shows that step, and the sign-in that it rests on.
fn visible(items: &[ErpItem]) -> Vec<ErpItem> {
    let only = setup().and_then(|setup| setup.step);
    let shown = |item: &&ErpItem| only.is_none_or(|step| item.step == step || item.step == ErpStep::SignIn);
    items.iter().filter(shown).cloned().collect()
}

/// The step that the address asks for while there is something to do in it, else the first unfinished one. When all is
/// done, the one that was asked for: what proved it is in it.
fn open_step(items: &[ErpItem], asked: Option<&str>, searched: bool) -> Option<ErpStep> {
    if searched {
        return Some(ErpStep::ServiceUser);
    }
    let unfinished = |item: &&ErpItem| !item.state.is_settled();
    let first = items.iter().find(unfinished).map(|item| item.step);
    let asked = asked.and_then(ErpStep::from_slug);
    let stays = asked.filter(|step| items.iter().any(|item| item.step == *step && unfinished(&item)));
    stays.or(first).or(asked)
}

fn recheck(organization: &Organization) -> AnyView {
    view! {
        <form method="post" action=Recheck::PATH>
            <input type="hidden" name="organization" value=organization.id.clone() />
            {submit_button(Kind::Secondary, words().erp.recheck)}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::onboarding::erp::{ERP_STEPS, ErpEvidence, ErpState};

    fn items(done: usize) -> Vec<ErpItem> {
        let state = |index: usize| match index < done {
            true => ErpState::Done {
                evidence: ErpEvidence::Tenant { name: String::new() },
                at: 0,
            },
            false => ErpState::ToDo,
        };
        let item = |(index, step)| ErpItem {
            step,
            state: state(index),
            warnings: Vec::new(),
        };
        ERP_STEPS.into_iter().enumerate().map(item).collect()
    }

    #[test]
    fn one_step_is_open_the_one_with_something_to_do() {
        let open = |done, asked, searched| open_step(&items(done), asked, searched);
        assert_eq!(open(0, None, false), Some(ErpStep::SignIn));
        assert_eq!(open(0, Some("app-role"), false), Some(ErpStep::AppRole));
        assert_eq!(open(1, Some("sign-in"), false), Some(ErpStep::ServiceUser));
        assert_eq!(open(4, Some("service-user"), true), Some(ErpStep::ServiceUser));
        assert_eq!(open(5, Some("test-sign-in"), false), Some(ErpStep::TestSignIn));
        assert_eq!(open(5, None, false), None);
        assert_eq!(open(2, Some("nonsense"), false), Some(ErpStep::AdminConsent));
    }
}
