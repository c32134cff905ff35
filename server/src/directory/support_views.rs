//! Support looks at an organization's personal data, and stops: the organization's activity tells of both (threats T71).

use contract::Identity;
use serde_json::{Value, json};
use store::activity::{self, NewActivity, Origin, Outcome, SubjectKind};
use store::ids::{DirectoryId, OrganizationId};
use store::support_views::{self, SupportView};
use store::{Operation, StoreError, Tx, directories, staff};

/// Who looks at what.
#[derive(Debug, Clone)]
pub(crate) struct Onlooker {
    /// Of which organization.
    pub(crate) organization: OrganizationId,
    /// Who, as Microsoft knows them.
    pub(crate) identity: Option<Identity>,
    /// In which session.
    pub(crate) session: String,
    /// What they are called.
    pub(crate) name: String,
    /// Now.
    pub(crate) at: i64,
}

impl Onlooker {
    /// A look belongs to a person, whichever browser they use; where nobody is known, to the session.
    async fn key<T: Tx>(&self, tx: &mut T) -> Result<String, StoreError> {
        let Some(Identity { tenant_id, object_id }) = &self.identity else {
            return Ok(self.session.clone());
        };
        let person = staff::of_identity(tx, tenant_id, object_id).await?;
        Ok(person.map_or_else(|| self.session.clone(), |person| person.id.into_string()))
    }

    /// The organization's first directory: activity belongs to one.
    async fn first_directory<T: Tx>(&self, tx: &mut T) -> Result<Option<DirectoryId>, StoreError> {
        let all = directories::list(tx, Some(&self.organization)).await?;
        let first = all.into_iter().min_by_key(|directory| directory.created_at);
        Ok(first.map(|directory| directory.id))
    }

    async fn note<T: Tx>(
        &self,
        tx: &mut T,
        directory: &DirectoryId,
        action: &str,
        told: Option<(&str, i64)>,
    ) -> Result<(), StoreError> {
        let changes = told.map(|(_, until)| until_change(until));
        let entry = NewActivity {
            directory_id: directory,
            at: self.at,
            origin: Origin::Console,
            action,
            status: 0,
            outcome: Outcome::Ok,
            subject_kind: SubjectKind::None,
            subject_id: None,
            subject_name: Some(&self.name),
            count: 1,
            duration_us: 0,
            request: None,
            changes: changes.as_deref(),
            ignored: None,
            reason: told.map(|(reason, _)| reason),
            reference: None,
        };
        activity::append(tx, &entry).await
    }
}

fn until_change(until: i64) -> String {
    let until = jiff::Timestamp::from_microsecond(until).map(|at| at.to_string());
    let change = json!({"path": "until", "old": Value::Null, "new": until.unwrap_or_default()});
    json!([change]).to_string()
}

/// The look that is under way.
#[derive(Debug)]
pub(crate) struct OpenSupportView(pub(crate) Onlooker);

impl Operation for OpenSupportView {
    type Output = Option<SupportView>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<SupportView>, StoreError> {
        let key = self.0.key(tx).await?;
        support_views::open(tx, &key, &self.0.organization, self.0.at).await
    }
}

/// Begins a look in the place of the one under way; answers whether there is a directory, and so anybody to look at.
#[derive(Debug)]
pub(crate) struct BeginSupportView {
    /// Who looks.
    pub(crate) by: Onlooker,
    /// The look's id.
    pub(crate) id: String,
    /// Why.
    pub(crate) reason: String,
    /// Until when.
    pub(crate) until: i64,
}

impl Operation for BeginSupportView {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let Some(directory) = self.by.first_directory(tx).await? else {
            return Ok(false);
        };
        let (viewer, at) = (self.by.key(tx).await?, self.by.at);
        support_views::end(tx, &viewer, &self.by.organization, at).await?;
        let view = SupportView {
            id: self.id.clone(),
            organization: self.by.organization.clone(),
            viewer,
            name: self.by.name.clone(),
            reason: self.reason.clone(),
            from: at,
            until: self.until,
        };
        support_views::create(tx, &view).await?;
        let told = Some((self.reason.as_str(), self.until));
        self.by.note(tx, &directory, "begin_support_view", told).await?;
        Ok(true)
    }
}

/// Ends a look before its time; answers whether there was one.
#[derive(Debug)]
pub(crate) struct EndSupportView(pub(crate) Onlooker);

impl Operation for EndSupportView {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let key = self.0.key(tx).await?;
        if !support_views::end(tx, &key, &self.0.organization, self.0.at).await? {
            return Ok(false);
        }
        if let Some(directory) = self.0.first_directory(tx).await? {
            self.0.note(tx, &directory, "end_support_view", None).await?;
        }
        Ok(true)
    }
}
