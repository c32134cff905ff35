//! A directory's checklist: one step open at a time, the first unfinished one when the page comes.

use super::Told;
use super::steps::aids;
use crate::asked::words;
use crate::ui::{Tone, callout, prose, step_mark, timestamp};
use contract::directories::Directory;
use contract::onboarding::{Step, StepState, progress};
use contract::organizations::Organization;
use leptos::prelude::*;

/// The checklist.
pub fn checklist(organization: &Organization, directory: &Directory) -> AnyView {
    let words = words().onboarding;
    let (done, of) = progress(&directory.steps);
    let open = directory.steps.iter().position(is_unfinished);
    let steps: Vec<_> = directory
        .steps
        .iter()
        .enumerate()
        .map(|(index, one)| view! { <li>{step(organization, directory, one, open == Some(index))}</li> })
        .collect();
    let told = told(directory);
    view! {
        <section
            class="checklist" aria-labelledby="checklist"
            data-of=told.of data-checklist=told.checklist
            data-steps=told.steps data-steps-done=told.done
        >
            <div class="section-top">
                <h2 id="checklist">{(words.title)(directory.provider.name())}</h2>
                <p class="checklist-progress" role="status">
                    <progress max=of value=done aria-hidden="true"></progress>
                    <span>{(words.progress)(done, of)}</span>
                </p>
            </div>
            <ol class="steps" role="list">{steps}</ol>
            {(done == of).then(|| callout(Tone::Good, words.all_done, ()))}
        </section>
    }
    .into_any()
}

/// What a page around this one is told.
pub fn told(directory: &Directory) -> Told {
    let steps = &directory.steps;
    let done = steps.iter().filter(|step| !is_unfinished(step));
    let name = |step: &Step| kebab(&format!("{:?}", step.id));
    Told::new(
        &directory.id,
        "directory-sync",
        steps.len(),
        done.map(name).collect(),
    )
}

fn kebab(name: &str) -> String {
    name.chars()
        .enumerate()
        .flat_map(|(place, letter)| {
            let joint = (place > 0 && letter.is_ascii_uppercase()).then_some('-');
            joint.into_iter().chain([letter.to_ascii_lowercase()])
        })
        .collect()
}

fn is_unfinished(step: &Step) -> bool {
    !matches!(step.state, StepState::Done { .. } | StepState::NotNeeded)
}

fn step(organization: &Organization, directory: &Directory, step: &Step, open: bool) -> AnyView {
    let words = words().onboarding;
    let told = (words.step)(step.id);
    let how: Vec<_> = told
        .how
        .iter()
        .map(|line| view! { <li>{prose(line)}</li> })
        .collect();
    let slug = format!("{:?}", step.id);
    view! {
        <details name="steps" open=open class="step" data-step=slug.clone()>
            <summary>
                <span class="step-line">
                    {step_mark(&step.state)}
                    <span class="step-title">{told.title}</span>
                    <span class="step-evidence">{evidence(&step.state)}</span>
                </span>
            </summary>
            <div class="step-body">
                <p>{told.why}</p>
                {remedy(&step.state)}
                {(!how.is_empty()).then(|| view! { <ol class="how">{how}</ol> })}
                {aids(step.id, organization, directory)}
            </div>
        </details>
    }
    .into_any()
}

/// What proved it, or where it stands, on the step's own line.
fn evidence(state: &StepState) -> AnyView {
    let all = words();
    let words = all.onboarding;
    match state {
        StepState::Done { evidence, at } => view! {
            {(words.evidence)(evidence, &|number| all.number(number))} " · " {timestamp(*at)}
        }
        .into_any(),
        StepState::Failed { at, .. } => view! {
            {(words.state)(state)} {at.map(|at| view! { " · " {timestamp(at)} })}
        }
        .into_any(),
        other => (words.state)(other).into_any(),
    }
}

/// Why it failed and what to do, or what it waits for.
fn remedy(state: &StepState) -> AnyView {
    let words = words().onboarding;
    match state {
        StepState::Failed { reason, .. } => {
            let body = view! { <p>{prose((words.remedy)(*reason))}</p> };
            callout(Tone::Danger, (words.reason)(*reason), body)
        }
        StepState::WaitingForMicrosoft => callout(Tone::Notice, words.waiting, ()),
        StepState::NotNeeded => callout(Tone::Notice, words.not_needed, ()),
        StepState::ToDo | StepState::Checking | StepState::Done { .. } => ().into_any(),
    }
}
