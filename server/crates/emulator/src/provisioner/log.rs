//! The provisioning log: one entry per object and cycle, with its steps (`entra-facts` A8, C5.11, C5.13).

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::failure::ErrorCode;
use crate::tenant::ObjectId;

/// What an entry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "Microsoft's names")]
pub enum Action {
    Create,
    Update,
    Delete,
    Disable,
    StagedDelete,
    Other,
}

impl Action {
    /// As the portal's list shows it.
    pub fn name(self) -> &'static str {
        match self {
            Action::Create => "Create",
            Action::Update => "Update",
            Action::Delete => "Delete",
            Action::Disable => "Disable",
            Action::StagedDelete => "StagedDelete",
            Action::Other => "Other",
        }
    }
}

/// How an entry or a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "Microsoft's names")]
pub enum Status {
    Success,
    Failure,
    Skipped,
    Warning,
}

impl Status {
    /// As the portal shows it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Success => "Success",
            Status::Failure => "Failure",
            Status::Skipped => "Skipped",
            Status::Warning => "Warning",
        }
    }
}

/// Which step of import → matching → scoping → export, then references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "Microsoft's names")]
pub enum StepType {
    Import,
    Scoping,
    Matching,
    Export,
    ReferenceResolution,
}

impl StepType {
    /// As the portal shows it.
    pub fn name(self) -> &'static str {
        match self {
            StepType::Import => "Import",
            StepType::Scoping => "Scoping",
            StepType::Matching => "Matching",
            StepType::Export => "Export",
            StepType::ReferenceResolution => "ReferenceResolution",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// `EntryImport`, `EntrySynchronizationScoping`, `EntryExportAdd`, …
    pub name: &'static str,
    /// Which kind of step.
    #[serde(rename = "provisioningStepType")]
    pub kind: StepType,
    /// How it ended.
    pub status: Status,
    /// One sentence.
    pub description: String,
    /// Names and values, as the portal's detail table shows them.
    pub details: Vec<(String, String)>,
}

/// An attribute the export changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Modified {
    /// The target attribute.
    pub display_name: String,
    /// Before; absent when there was none.
    pub old_value: Option<String>,
    /// After; absent when cleared.
    pub new_value: Option<String>,
}

/// Why an entry failed or was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorInformation {
    /// `Conflict`, `RedundantExport`, …
    pub error_code: String,
    /// The text with the server's own words.
    pub reason: String,
    /// What an admin can do.
    pub recommended_action: String,
}

/// User or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ObjectType {
    User,
    Group,
}

impl ObjectType {
    /// `User` or `Group`.
    pub fn name(self) -> &'static str {
        match self {
            ObjectType::User => "User",
            ObjectType::Group => "Group",
        }
    }
}

/// An entry of the provisioning log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Change id, unique.
    pub id: Uuid,
    /// The cycle, or the on-demand request, it belongs to.
    pub cycle: Uuid,
    /// When, on the tenant's clock.
    pub at: Timestamp,
    /// How long it took, in real milliseconds.
    pub duration_ms: u64,
    /// What was done.
    pub action: Action,
    /// How it ended.
    pub status: Status,
    /// User or group.
    pub object_type: ObjectType,
    /// The object in the tenant.
    pub source_id: ObjectId,
    /// Its display name.
    pub source_name: String,
    /// User principal name, of users.
    pub source_upn: Option<String>,
    /// The server's id, if known.
    pub target_id: Option<String>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// What changed.
    pub modified: Vec<Modified>,
    /// Why it failed or was skipped.
    pub error: Option<ErrorInformation>,
    /// True when an admin asked for it by *Provision on demand*.
    pub on_demand: bool,
}

/// Name and id of the application, for the log's target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Display name, *Hero SaaS*.
    pub name: String,
    /// Object id of its service principal.
    pub service_principal: Uuid,
    /// Id of its synchronization job.
    pub job: String,
}

impl LogEntry {
    /// The entry as `GET /auditLogs/provisioning` gives it (C5.13).
    pub fn graph(&self, tenant: Uuid, app: &Application) -> Value {
        json!({
            "id": self.id.to_string(),
            "activityDateTime": self.at.to_string(),
            "tenantId": tenant.to_string(),
            "jobId": app.job,
            "cycleId": self.cycle.to_string(),
            "changeId": self.id.to_string(),
            "provisioningAction": self.action,
            "durationInMilliseconds": self.duration_ms,
            "provisioningStatusInfo": {"status": self.status, "errorInformation": self.error_information()},
            "provisioningSteps": self.steps.iter().map(Step::graph).collect::<Vec<_>>(),
            "modifiedProperties": self.modified,
            "servicePrincipal": {"id": app.service_principal.to_string(), "displayName": app.name},
            "sourceIdentity": self.source_identity(),
            "targetIdentity": {
                "id": self.target_id.as_deref().unwrap_or_default(),
                "displayName": "",
                "identityType": target_type(self.object_type),
                "details": {}
            },
            "sourceSystem": {"id": "", "displayName": "Microsoft Entra ID", "details": {}},
            "targetSystem": {
                "id": "",
                "displayName": app.name,
                "details": {"ServicePrincipalId": app.service_principal.to_string(), "ServicePrincipalDisplayName": app.name}
            },
            "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        })
    }

    /// The object as `provisionOnDemand` gives it inside its `value` (C5.11).
    pub fn on_demand_value(&self) -> Value {
        json!({
            "action": self.action.name(),
            "changeId": self.id.to_string(),
            "startTime": self.at.to_string(),
            "modifiedProperties": self.modified,
            "provisioningSteps": self.steps.iter().map(Step::graph).collect::<Vec<_>>(),
            "reportableIdentifier": self.source_upn.as_ref().unwrap_or(&self.source_name),
            "statusInfo": {
                "status": self.status.name(),
                "errorCode": self.error.as_ref().map(|error| &error.error_code),
                "reason": self.error.as_ref().map(|error| &error.reason),
                "recommendedAction": self.error.as_ref().map(|error| &error.recommended_action),
            },
            "sourceIdentity": {
                "id": self.source_id,
                "type": self.object_type.name(),
                "displayName": self.source_name,
                "details": {}
            },
            "sourceSystem": {"name": "Azure Active Directory"},
            "targetIdentity": {"id": self.target_id, "type": target_type(self.object_type)},
            "targetSystem": {"name": "customappsso"},
        })
    }

    fn error_information(&self) -> Value {
        let Some(error) = &self.error else {
            return Value::Null;
        };
        json!({
            "errorCode": error.error_code,
            "reason": error.reason,
            "additionalDetails": null,
            "errorCategory": if self.status == Status::Failure { "nonServiceFailure" } else { "success" },
            "recommendedAction": error.recommended_action,
        })
    }

    fn source_identity(&self) -> Value {
        json!({
            "id": self.source_id,
            "displayName": self.source_name,
            "identityType": self.object_type.name(),
            "details": {
                "id": self.source_id,
                "odatatype": self.object_type.name(),
                "DisplayName": self.source_name,
                "UserPrincipalName": self.source_upn,
            }
        })
    }
}

impl Step {
    fn graph(&self) -> Value {
        // Names lose their dots and colons in Graph's details (C5.13).
        let strip = |name: &str| {
            name.chars()
                .filter(|c| !matches!(c, '.' | ':'))
                .collect::<String>()
        };
        let details: Map<_, _> = self
            .details
            .iter()
            .map(|(name, value)| (strip(name), Value::from(value.as_str())))
            .collect();
        json!({
            "name": self.name,
            "provisioningStepType": self.kind,
            "status": self.status,
            "description": self.description,
            "details": details,
        })
    }
}

fn target_type(object: ObjectType) -> &'static str {
    match object {
        ObjectType::User => super::mapping::ENTERPRISE_URN,
        ObjectType::Group => "urn:ietf:params:scim:schemas:core:2.0:Group",
    }
}

impl ErrorInformation {
    pub(super) fn skipped(code: &str, reason: &str) -> Self {
        let (error_code, reason) = (code.to_owned(), reason.to_owned());
        Self {
            error_code,
            reason,
            recommended_action: "No action is needed.".to_owned(),
        }
    }

    pub(super) fn failed(code: ErrorCode, reason: String) -> Self {
        Self {
            error_code: code.to_string(),
            reason,
            recommended_action: code.advice().to_owned(),
        }
    }
}

/// The newest entries, up to a capacity.
#[derive(Clone, Debug)]
pub(super) struct Log {
    entries: VecDeque<LogEntry>,
    capacity: usize,
}

impl Log {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            capacity,
        }
    }

    pub(super) fn push(&mut self, entry: LogEntry) {
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        if self.capacity > 0 {
            self.entries.push_back(entry);
        }
    }

    /// Oldest first.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &LogEntry> {
        self.entries.iter()
    }
}
