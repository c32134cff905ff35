//! One user: import → scope → match → evaluate → export (`entra-facts` A3, A7).

use serde_json::Value;

use super::bodies::{self, Edit};
use super::calls;
use super::failure::{ErrorCode, Failure};
use super::job::UserLink;
use super::log::{Action, LogEntry, ObjectType};
use super::mapping::{Attributes, ENTERPRISE_URN, Target};
use super::run::Run;
use super::scoping::Verdict;
use super::settings::Matching;
use super::trace::Trace;
use crate::tenant::{ObjectId, User};
use crate::witness::{Deviation, Kind};

/// What became of the user; `new` tells that it was linked just now, so its manager must follow.
pub(super) struct Outcome {
    pub(super) entry: LogEntry,
    pub(super) new: bool,
}

/// Handles one user to the end. Never fails as a whole: a failure is logged and put in escrow.
pub(super) async fn provision(run: &Run, id: ObjectId) -> Outcome {
    let known = run.job(|job| job.users.contains_key(&id));
    let mut trace = Trace::new(ObjectType::User, id);
    let result = attempt(run, id, &mut trace).await;
    let entry = run.close(id, trace, result);
    let new = !known && run.job(|job| job.users.contains_key(&id));
    Outcome { entry, new }
}

async fn attempt(run: &Run, id: ObjectId, trace: &mut Trace) -> Result<(), Failure> {
    let link = run.job(|job| job.users.get(&id).cloned());
    let Some(user) = run.tenant().user(id) else {
        return purged(run, id, link, trace).await;
    };
    let verdict = run.reach.user(&user);
    let active = verdict.in_scope() && user.deleted.is_none() && user.account_enabled;
    let wanted = Attributes::of(&user, active, run.settings.external_id);
    trace.imported_user(&user, &wanted);
    trace.scoped(verdict, active);
    match link {
        Some(link) => known(run, id, &link, verdict, &wanted, trace).await,
        None => unknown(run, &user, verdict, &wanted, trace).await,
    }
}

/// Hard-deleted in Entra: DELETE, if the job still knows the user (A7).
async fn purged(run: &Run, id: ObjectId, link: Option<UserLink>, trace: &mut Trace) -> Result<(), Failure> {
    trace.imported_deletion();
    let Some(link) = link else {
        trace.skip(
            "EntrySynchronizationSkipped",
            "The deleted user was not provisioned, or was forgotten before.",
        );
        return Ok(());
    };
    trace.action = Action::Delete;
    trace.target_id = Some(link.target_id.clone());
    calls::delete(
        &run.endpoint,
        Kind::DeleteUser,
        format!("/Users/{}", link.target_id),
    )
    .await?;
    run.job(|job| {
        job.drop_user(id);
        job.deleted_users += 1;
    });
    trace.deleted();
    Ok(())
}

/// A user the job has not linked: match, then adopt or create. Inactive ones are never created (A7).
async fn unknown(
    run: &Run,
    user: &User,
    verdict: Verdict,
    wanted: &Attributes,
    trace: &mut Trace,
) -> Result<(), Failure> {
    if !wanted.active {
        let (code, reason) = match verdict {
            Verdict { assigned: false, .. } => (
                "NotEffectivelyEntitled",
                "The user is not assigned to the application.",
            ),
            Verdict {
                passes_filter: false, ..
            } => ("NotInScope", "The user does not pass the scoping filter."),
            _ => (
                "EntrySynchronizationSkipped",
                "The user is disabled or deleted in Microsoft Entra ID.",
            ),
        };
        trace.skip(code, reason);
        return Ok(());
    }
    let mut matchable = false;
    for matching in &run.settings.matching {
        let target = matching_target(*matching);
        let Some(value) = wanted.get(target) else { continue };
        matchable = true;
        let found = calls::find_user(&run.endpoint, target.path(), value).await?;
        trace.matched(
            target.path(),
            value,
            found.as_ref().map(|found| found.id.as_str()),
        );
        if let Some(found) = found {
            return adopt(run, user.id, found, wanted, trace).await;
        }
    }
    if !matchable {
        trace.skip("ImportSkipped", "None of the matching attributes has a value.");
        return Ok(());
    }
    create(run, user.id, wanted, trace).await
}

fn matching_target(matching: Matching) -> Target {
    match matching {
        Matching::UserName => Target::UserName,
        Matching::ExternalId => Target::ExternalId,
        Matching::WorkMail => Target::WorkMail,
    }
}

async fn create(run: &Run, id: ObjectId, wanted: &Attributes, trace: &mut Trace) -> Result<(), Failure> {
    trace.action = Action::Create;
    let target_id = calls::create_user(&run.endpoint, wanted).await?;
    trace.creates(wanted);
    trace.created(&target_id);
    run.job(|job| {
        job.link_user(
            id,
            UserLink {
                target_id,
                held: wanted.clone(),
                manager: None,
            },
        );
        job.created_users += 1;
    });
    Ok(())
}

/// Links a user found at the server, which may be linked to one object only, and brings it up to date.
async fn adopt(
    run: &Run,
    id: ObjectId,
    found: calls::Found,
    wanted: &Attributes,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let owner = run.job(|job| job.owners.get(&found.id).copied());
    if owner.is_some_and(|owner| owner != id) {
        let message = format!(
            "The matching entry {} is linked to another object of the source",
            found.id
        );
        return Err(Failure::new(ErrorCode::DuplicateSourceEntries, message));
    }
    let manager = manager_of(&found.resource);
    let (held, _) = Attributes::read(&found.resource);
    run.job(|job| {
        job.link_user(
            id,
            UserLink {
                target_id: found.id.clone(),
                held,
                manager,
            },
        )
    });
    evaluate(run, id, &found.id, &found.resource, wanted, trace).await
}

fn manager_of(resource: &Value) -> Option<String> {
    let manager = resource.get(ENTERPRISE_URN)?.get("manager")?;
    let value = manager.get("value").or(Some(manager))?.as_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// A user the job has linked: read it, send what differs, forget it if it left the scope (A7).
async fn known(
    run: &Run,
    id: ObjectId,
    link: &UserLink,
    verdict: Verdict,
    wanted: &Attributes,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let leaves = !verdict.in_scope();
    if leaves && run.settings.skip_out_of_scope_deletions {
        trace.target_id = Some(link.target_id.clone());
        trace.skip(
            "SkipOutOfScopeDeletions",
            "The user left the scope, and SkipOutOfScopeDeletions is on.",
        );
        return Ok(());
    }
    let Some(found) = calls::get_user(&run.endpoint, &link.target_id).await? else {
        run.job(|job| job.drop_user(id));
        let message = format!(
            "The entry {} no longer exists in the target system",
            link.target_id
        );
        return Err(Failure::new(ErrorCode::InvalidAnchor, message));
    };
    trace.read_target(&found.id);
    check_drift(run, link, &found.resource);
    evaluate(run, id, &link.target_id, &found.resource, wanted, trace).await?;
    if leaves {
        run.job(|job| job.forget_user(id));
    }
    Ok(())
}

/// What was sent must still be there (A3: store values verbatim).
fn check_drift(run: &Run, link: &UserLink, resource: &Value) {
    let (held, _) = Attributes::read(resource);
    let differences = link.held.differences(&held);
    if !differences.is_empty() {
        run.endpoint.witness().deviates(Deviation {
            fact: "A3",
            what: format!("the server no longer holds what was sent: {differences}"),
            request: format!("GET /Users/{}", link.target_id),
            answer: super::endpoint::cut(&resource.to_string(), 600),
        });
    }
}

/// Sends what differs between the server's user and the wanted one.
async fn evaluate(
    run: &Run,
    id: ObjectId,
    target_id: &str,
    resource: &Value,
    wanted: &Attributes,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let (held, active) = Attributes::read(resource);
    let edits = differences(&held, active, wanted, run.settings.flow_null_values);
    if edits.is_empty() {
        run.job(|job| job.users.get_mut(&id).map(|link| link.held = held));
        let reason = "The state of the user in both the source and target systems already match.";
        trace.skip("RedundantExport", reason);
        return Ok(());
    }
    trace.action = if edits.contains(&Edit::Active(false)) {
        Action::Disable
    } else {
        Action::Update
    };
    let body = bodies::update_user(run.dialect, &edits);
    calls::patch_user(&run.endpoint, Kind::PatchUser, target_id, &body).await?;
    trace.updated(&edits, &held);
    let after = applied(held, &edits);
    run.job(|job| job.users.get_mut(&id).map(|link| link.held = after));
    Ok(())
}

fn differences(held: &Attributes, active: Option<bool>, wanted: &Attributes, flow_nulls: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    if active != Some(wanted.active) {
        edits.push(Edit::Active(wanted.active));
    }
    for target in Target::ALL {
        let (now, then) = (held.get(target), wanted.get(target));
        if now != then && (then.is_some() || flow_nulls) {
            edits.push(Edit::Text {
                target,
                had_value: now.is_some(),
                value: then.map(Into::into),
            });
        }
    }
    edits
}

fn applied(mut held: Attributes, edits: &[Edit]) -> Attributes {
    for edit in edits {
        match edit {
            Edit::Active(active) => held.active = *active,
            Edit::Text { target, value, .. } => held.set(*target, value.as_deref()),
        }
    }
    held
}
