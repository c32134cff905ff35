//! The SCIM 2.0 engine: bytes in, values out.
//!
//! Pure functions over RFC 7643, RFC 7644 and RFC 9865 and over Entra's dialect of them. No I/O, no clock, no
//! randomness; time and ids are handed in.
//!
//! | you want to | look in |
//! |---|---|
//! | read the body of a user or group | [`resource`] |
//! | read and apply a PATCH | [`patch`] |
//! | read, print, check and evaluate a filter | [`filter`] |
//! | read the query of a list, or the body of `/.search` | [`query`] |
//! | choose the attributes of a reply | [`project`] |
//! | write a resource or a list | [`resource::render`], [`page`] |
//! | evaluate `If-Match` | [`etag`] |
//! | read and answer `/Bulk` | [`bulk`] |
//! | answer the discovery endpoints | [`discovery`] |
//! | know an attribute's rules | [`schema`] |
//! | refuse | [`error`] |
//! | know a limit | [`limits`] |
//! | know why Entra is treated so | [`dialect`] |
//!
//! A user is made, disabled as Entra does it, and found again:
//!
//! ```
//! use scim::{Filter, Patch, ResourceType, resource};
//!
//! # fn main() -> scim::Result<()> {
//! let user = resource::parse_user(br#"{"userName":"Jane@contoso.com","active":"True"}"#)?;
//! let patch = Patch::parse(
//!     br#"{"Operations":[{"op":"Replace","path":"active","value":"False"},{"op":"Add","path":"shoeSize","value":"42"}]}"#,
//!     ResourceType::User,
//! )?;
//! let applied = patch.apply(&user.attributes)?;
//! assert!(!resource::active(&applied.after));
//! assert_eq!(applied.touched, ["active"]);
//! assert_eq!(applied.ignored[0].path, "shoeSize");
//!
//! let filter = Filter::parse("userName eq \"jane@contoso.com\" and active eq False")?.resolve(ResourceType::User)?;
//! assert!(filter.matches(&applied.after));
//! # Ok(())
//! # }
//! ```

pub mod bulk;
pub mod dialect;
pub mod discovery;
pub mod error;
pub mod etag;
pub mod filter;
mod fold;
mod json;
pub mod limits;
pub mod page;
pub mod patch;
pub mod project;
pub mod query;
pub mod resource;
pub mod schema;
mod value;

pub use error::{Error, Result, ScimType};
pub use filter::Filter;
pub(crate) use fold::same_fold;
pub use fold::{fold, fold_part};
pub use patch::Patch;
pub use project::Projection;
pub use query::ListQuery;
pub use resource::{Ignored, Reason};
pub use schema::ResourceType;

/// A JSON object; keeps its order.
pub type Map = serde_json::Map<String, serde_json::Value>;
