//! What the drivers' ceilings for `make bench` share.

use crate::Value;

/// Stands for a `version` that is read before it is needed.
pub const READ_VERSION: Value<'static> = Value::Int(i64::MIN);
