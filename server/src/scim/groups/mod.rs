//! `/Groups`: one file per verb.

pub(super) mod change;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod read;

use store::activity::SubjectKind;

use crate::tasks::record::Told;

/// A group, as the recorder is told of it.
fn told(id: &str, name: &str) -> Told {
    Told {
        kind: SubjectKind::Group,
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
    }
}
