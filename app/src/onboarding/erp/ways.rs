//! The three ways of a step: we do it, a script does it, a person does it by hand. And the hand-over, when the
//! signed-in admin's role is too small.

use super::Shown;
use crate::asked::{framed, may_change, words};
use crate::layout::this_page;
use crate::link::Link;
use crate::onboarding::api::Undo;
use crate::setup::{away, own_window};
use crate::setup_links::api::CreateSetupLink;
use crate::ui::{Dialog, Kind, Tone, callout, code_block, dialog, icon, open_button, prose, submit_button};
use contract::onboarding::{DirectoryRole, ErpStep, MissingRole};
use contract::setup_links::DEFAULT_DAYS;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// *Do it for me*: exactly what happens, then the button. Offered to those who may change anything.
pub(super) fn do_it(id: &str, plan: AnyView, act: AnyView) -> Option<AnyView> {
    let words = words().erp;
    let plan = view! { <p class="label">{words.plan}</p> {plan} };
    way(id, words.do_it, plan.into_any(), act)
}

/// What only the admin can do, at Microsoft: what happens there, then the button.
pub(super) fn go(id: &str, plan: AnyView, act: AnyView) -> Option<AnyView> {
    way(id, words().erp.plan, plan, act)
}

fn way(id: &str, title: &'static str, plan: AnyView, act: AnyView) -> Option<AnyView> {
    let id = format!("{id}-do");
    may_change().then(|| {
        view! {
            <section class="way" aria-labelledby=id.clone()>
                <h3 id=id.clone()>{title}</h3>
                {plan}
                {act}
            </section>
        }
        .into_any()
    })
}

/// A plan of several sentences.
pub(super) fn plan(lines: &'static [&'static str]) -> AnyView {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| view! { <li>{prose(line)}</li> })
        .collect();
    view! { <ul class="plan">{lines}</ul> }.into_any()
}

/// A form that leads to Microsoft and back to this step.
pub(super) fn leave(shown: &Shown, to: &Link, step: ErpStep, kind: Kind, label: &'static str) -> AnyView {
    away(to, &shown.organization.id, this_step(shown, step), kind, label)
}

/// *Script*: the calls of this step, if there are any. Its id keeps it open while the page changes around it.
pub(super) fn script(shown: &Shown, step: ErpStep) -> Option<AnyView> {
    let words = words().erp;
    let blocks: Vec<_> = shown
        .erp
        .script
        .iter()
        .filter(|one| one.step == step)
        .map(|one| {
            let caption = view! { <bdi>{one.title.clone()}</bdi> }.into_any();
            code_block(caption, &one.title, one.text.clone())
        })
        .collect();
    (!blocks.is_empty()).then(|| {
        view! {
            <details class="way" id=format!("{}-script", step.slug())>
                <summary>{words.script}</summary>
                <div class="way-body">{blocks}</div>
            </details>
        }
        .into_any()
    })
}

/// *By hand*: what to do in Entra, where, and the values to enter.
pub(super) fn by_hand(step: ErpStep, place: Option<AnyView>, values: AnyView) -> AnyView {
    let words = words().erp;
    let how: Vec<_> = (words.step)(step)
        .how
        .iter()
        .map(|line| view! { <li>{prose(line)}</li> })
        .collect();
    view! {
        <details class="way" id=format!("{}-by-hand", step.slug())>
            <summary>{words.by_hand}</summary>
            <div class="way-body">
                {place}
                <ol class="how">{how}</ol>
                {values}
            </div>
        </details>
    }
    .into_any()
}

/// A page of Entra, in a tab of its own.
pub(super) fn entra(blade: &'static str, label: &'static str) -> AnyView {
    let href = crate::link::entra(blade);
    view! {
        <p class="aids">
            <a class="button" href=href target="_blank" rel="noopener noreferrer">
                {label} {icon("elsewhere")}
                <span class="visually-hidden">"(" {words().frame.opens_elsewhere} ")"</span>
            </a>
        </p>
    }
    .into_any()
}

/// The list of enterprise applications.
pub(super) fn enterprise_applications() -> AnyView {
    entra(
        "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview",
        words().erp.open_apps,
    )
}

/// Says which role is missing, and makes a link for exactly this step to send to a colleague.
pub(super) fn hand_over(shown: &Shown, step: ErpStep, may: &Result<(), MissingRole>) -> Option<AnyView> {
    let words = words().erp;
    match may {
        Ok(()) => None,
        Err(MissingRole::NotSignedIn) => Some(view! { <p class="help">{words.sign_in_first}</p> }.into_any()),
        Err(MissingRole::OneOf(roles)) => {
            let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
            let missing = (words.hand_over)(&names.join(", "));
            let form = may_change().then(|| link_form(shown, step));
            Some(callout(Tone::Notice, missing, form))
        }
    }
}

fn link_form(shown: &Shown, step: ErpStep) -> AnyView {
    let words = words().erp;
    if framed() {
        return own_window(this_step(shown, step));
    }
    view! {
        <p>{words.hand_over_text}</p>
        <form method="post" action=CreateSetupLink::PATH>
            <input type="hidden" name="organization" value=shown.organization.id.clone() />
            <input type="hidden" name="erp" value="true" />
            <input type="hidden" name="step" value=step.slug() />
            <input type="hidden" name="days" value=DEFAULT_DAYS />
            <input type="hidden" name="back" value=this_page() />
            {submit_button(Kind::Secondary, words.hand_over_do)}
        </form>
    }
    .into_any()
}

/// The page with this step open.
pub(super) fn this_step(shown: &Shown, step: ErpStep) -> String {
    crate::link::erp(&shown.organization.id)
        .with("step", step.slug())
        .href()
}

/// Takes back what we made, after asking.
pub(super) fn undo(shown: &Shown, step: ErpStep, made_by_us: bool) -> Option<AnyView> {
    let words = words().erp;
    if framed() && made_by_us {
        return Some(own_window(this_step(shown, step)));
    }
    (made_by_us && may_change()).then(|| {
        let id = format!("undo-{}", step.slug());
        let hidden = view! {
            <input type="hidden" name="organization" value=shown.organization.id.clone() />
            <input type="hidden" name="step" value=step.slug() />
        };
        let asked = dialog(Dialog {
            id: id.clone(),
            title: (words.undo_title)(step).to_owned(),
            body: vec![view! { <p>{(words.undo_text)(step)}</p> }.into_any()],
            action: Undo::PATH,
            form: Some(hidden.into_any()),
            kind: Kind::Danger,
            label: (words.undo_do)(step),
            open: false,
        });
        view! { <p>{open_button(Kind::Quiet, id, words.undo)}</p> {asked} }.into_any()
    })
}

/// The names of the admin's roles that matter here.
pub(super) fn role_names(roles: &[String]) -> String {
    let names: Vec<_> = roles
        .iter()
        .filter_map(|id| DirectoryRole::from_template_id(id))
        .map(DirectoryRole::name)
        .collect();
    if names.is_empty() {
        words().erp.no_roles.to_owned()
    } else {
        names.join(", ")
    }
}
