//! Writes down an entry of the provisioning log while it happens.

use jiff::Timestamp;
use uuid::Uuid;

use super::bodies::Edit;
use super::failure::Failure;
use super::log::{Action, ErrorInformation, LogEntry, Modified, ObjectType, Status, Step, StepType};
use super::mapping::{Attributes, Target};
use super::scoping::Verdict;
use crate::clock::Stopwatch;
use crate::tenant::{Group, ObjectId, User};

/// Steps, changes and the action so far.
#[derive(Debug)]
pub(super) struct Trace {
    watch: Stopwatch,
    pub(super) action: Action,
    object_type: ObjectType,
    source_id: ObjectId,
    source_name: String,
    source_upn: Option<String>,
    pub(super) target_id: Option<String>,
    steps: Vec<Step>,
    modified: Vec<Modified>,
    skipped: Option<ErrorInformation>,
}

impl Trace {
    pub(super) fn new(object_type: ObjectType, source_id: ObjectId) -> Self {
        Self {
            watch: Stopwatch::start(),
            action: Action::Other,
            object_type,
            source_id,
            source_name: source_id.to_string(),
            source_upn: None,
            target_id: None,
            steps: Vec::new(),
            modified: Vec::new(),
            skipped: None,
        }
    }

    fn step(
        &mut self,
        name: &'static str,
        kind: StepType,
        description: String,
        details: Vec<(String, String)>,
    ) {
        self.steps.push(Step {
            name,
            kind,
            status: Status::Success,
            description,
            details,
        });
    }

    pub(super) fn imported_user(&mut self, user: &User, attributes: &Attributes) {
        user.display_name().clone_into(&mut self.source_name);
        self.source_upn = Some(user.upn().to_owned());
        let mut details = vec![("objectId".to_owned(), user.id.to_string())];
        details.extend([("accountEnabled".to_owned(), titled(user.account_enabled))]);
        details.extend([("IsSoftDeleted".to_owned(), titled(!attributes.active))]);
        for target in Target::ALL {
            details.extend(
                attributes
                    .get(target)
                    .map(|value| (target.path().to_owned(), value.to_owned())),
            );
        }
        let description = format!("Retrieved user '{}' from Microsoft Entra ID", user.upn());
        self.step("EntryImport", StepType::Import, description, details);
    }

    pub(super) fn imported_group(&mut self, group: &Group) {
        group.display_name.clone_into(&mut self.source_name);
        let details = vec![
            ("objectId".to_owned(), group.id.to_string()),
            ("displayName".to_owned(), group.display_name.clone()),
            ("members".to_owned(), group.members.len().to_string()),
        ];
        let description = format!("Retrieved group '{}' from Microsoft Entra ID", group.display_name);
        self.step("EntryImport", StepType::Import, description, details);
    }

    pub(super) fn imported_deletion(&mut self) {
        let description = format!(
            "Retrieved the deletion of '{}' from Microsoft Entra ID",
            self.source_id
        );
        self.step("EntryImportDelete", StepType::Import, description, Vec::new());
    }

    pub(super) fn scoped(&mut self, verdict: Verdict, active: bool) {
        let details = vec![
            ("IsActive".to_owned(), titled(active)),
            ("Assigned".to_owned(), titled(verdict.assigned)),
            (
                "IsEffectivelyEntitledForProvisioning".to_owned(),
                titled(verdict.assigned),
            ),
            ("ScopeEvaluationResult".to_owned(), titled(verdict.passes_filter)),
        ];
        let description = format!(
            "Determined that '{}' is {} scope",
            self.source_name,
            if verdict.in_scope() { "in" } else { "not in" }
        );
        self.step(
            "EntrySynchronizationScoping",
            StepType::Scoping,
            description,
            details,
        );
    }

    pub(super) fn matched(&mut self, by: &str, value: &str, target: Option<&str>) {
        let details = vec![(by.to_owned(), value.to_owned())];
        let description = match target {
            Some(id) => format!("Found one matching entry in the target system: {id}"),
            None => "No matching entry was found in the target system".to_owned(),
        };
        self.step(
            "EntryImportByMatchingAttribute",
            StepType::Matching,
            description,
            details,
        );
        self.target_id = target.map(str::to_owned).or(self.target_id.take());
    }

    pub(super) fn read_target(&mut self, id: &str) {
        self.target_id = Some(id.to_owned());
        let description = format!("Retrieved entry '{id}' from the target system");
        self.step("EntryImport", StepType::Matching, description, Vec::new());
    }

    pub(super) fn created(&mut self, id: &str) {
        self.action = Action::Create;
        self.target_id = Some(id.to_owned());
        let description = format!("'{}' was created in the target system", self.source_name);
        self.step("EntryExportAdd", StepType::Export, description, Vec::new());
    }

    pub(super) fn creates(&mut self, attributes: &Attributes) {
        self.modify("active", None, Some(&titled(attributes.active)));
        for target in Target::ALL {
            if let Some(value) = attributes.get(target) {
                self.modify(target.path(), None, Some(value));
            }
        }
    }

    pub(super) fn updated(&mut self, edits: &[Edit], before: &Attributes) {
        self.action = Action::Update;
        for edit in edits {
            match edit {
                Edit::Active(active) => {
                    self.action = if *active { Action::Update } else { Action::Disable };
                    self.modify("active", Some(&titled(!active)), Some(&titled(*active)));
                }
                Edit::Text { target, value, .. } => {
                    self.modify(target.path(), before.get(*target), value.as_deref());
                }
            }
        }
        self.exported();
    }

    pub(super) fn exported(&mut self) {
        let description = format!("'{}' was updated in the target system", self.source_name);
        self.step("EntryExportUpdate", StepType::Export, description, Vec::new());
    }

    pub(super) fn deleted(&mut self) {
        let description = format!("'{}' was deleted in the target system", self.source_name);
        self.step("EntryExportDelete", StepType::Export, description, Vec::new());
    }

    pub(super) fn modify(&mut self, name: &str, old: Option<&str>, new: Option<&str>) {
        let (old_value, new_value) = (old.map(str::to_owned), new.map(str::to_owned));
        self.modified.push(Modified {
            display_name: name.to_owned(),
            old_value,
            new_value,
        });
    }

    pub(super) fn references(&mut self, description: String) {
        self.step(
            "EntryExportReferences",
            StepType::ReferenceResolution,
            description,
            Vec::new(),
        );
    }

    pub(super) fn skip(&mut self, code: &str, reason: &str) {
        self.skipped = Some(ErrorInformation::skipped(code, reason));
        self.steps.push(Step {
            name: "EntrySynchronizationSkip",
            kind: StepType::Export,
            status: Status::Skipped,
            description: reason.to_owned(),
            details: vec![("SkipReason".to_owned(), code.to_owned())],
        });
    }

    pub(super) fn is_skipped(&self) -> bool {
        self.skipped.is_some()
    }

    /// Closes the entry. `failure` comes with the moment of the next try.
    pub(super) fn finish(
        mut self,
        run: (Uuid, Uuid, bool),
        at: Timestamp,
        failure: Option<(&Failure, Option<Timestamp>)>,
    ) -> LogEntry {
        let (id, cycle, on_demand) = run;
        if let Some((failure, _)) = failure {
            self.failed_step(failure);
        }
        let status = match (&failure, &self.skipped) {
            (Some(_), _) => Status::Failure,
            (None, Some(_)) => Status::Skipped,
            (None, None) => Status::Success,
        };
        LogEntry {
            id,
            cycle,
            at,
            duration_ms: u64::try_from(self.watch.elapsed().as_millis()).unwrap_or(u64::MAX),
            action: self.action,
            status,
            object_type: self.object_type,
            source_id: self.source_id,
            source_name: self.source_name,
            source_upn: self.source_upn,
            target_id: self.target_id,
            steps: self.steps,
            modified: if status == Status::Success {
                self.modified
            } else {
                Vec::new()
            },
            error: failure
                .map(|(f, next)| ErrorInformation::failed(f.code, f.reason(next)))
                .or(self.skipped),
            on_demand,
        }
    }

    fn failed_step(&mut self, failure: &Failure) {
        let matching =
            self.steps.iter().any(|step| step.kind == StepType::Matching) || self.target_id.is_some();
        let (name, kind) = match self.action {
            Action::Other if !matching => ("EntryImportByMatchingAttribute", StepType::Matching),
            Action::Create => ("EntryExportAdd", StepType::Export),
            Action::Delete => ("EntryExportDelete", StepType::Export),
            _ => ("EntryExportUpdate", StepType::Export),
        };
        self.steps.push(Step {
            name,
            kind,
            status: Status::Failure,
            description: failure.message.clone(),
            details: vec![("ErrorCode".to_owned(), failure.code.to_string())],
        });
    }
}

/// .NET prints booleans with a capital.
fn titled(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}
