//! Every limit the engine enforces. The discovery documents are generated from these very constants (threats T34).

/// Longest request body in bytes (T23, T27). Also `bulk.maxPayloadSize`.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Deepest nesting of JSON arrays and objects (T27).
pub const MAX_JSON_DEPTH: usize = 64;
/// Most JSON values in one body: enough for a body full of members, and a bound to what a body of bare zeros costs (T27).
pub const MAX_JSON_VALUES: usize = 120_000;

/// Longest filter in bytes, after URL decoding (T22).
pub const MAX_FILTER_BYTES: usize = 2048;
/// Deepest nesting of `(`, `not (` and `[` in a filter (T22).
pub const MAX_FILTER_DEPTH: usize = 10;
/// Most comparisons (`eq`, `pr`, …) in a filter (T22).
pub const MAX_FILTER_COMPARISONS: usize = 50;

/// Most operations in one PATCH, after a path-less operation has been unfolded into its attributes (T23).
pub const MAX_PATCH_OPERATIONS: usize = 1000;
/// Most members in one PATCH operation, or in the body of one group (T23).
pub const MAX_MEMBERS_PER_OPERATION: usize = 10_000;

/// Most operations in one bulk request: `bulk.maxOperations`.
pub const MAX_BULK_OPERATIONS: usize = 1000;

/// Page size when the client names none.
pub const DEFAULT_PAGE_SIZE: usize = 100;
/// Largest page: `filter.maxResults` and `pagination.maxPageSize`. A larger `count` is cut down to it.
pub const MAX_PAGE_SIZE: usize = 1000;
/// How long a cursor lives, in seconds: `pagination.cursorTimeout` (RFC 9865).
pub const CURSOR_LIFETIME_SECONDS: i64 = 3600;

/// Most elements of one multi-valued attribute (members apart).
pub const MAX_VALUES: usize = 500;
/// Longest string of an ordinary attribute, in characters.
pub const MAX_STRING: usize = 1024;
/// Longest string of an attribute that holds text or a URL, in characters.
pub const MAX_TEXT: usize = 4096;
/// Longest string of a binary attribute (a certificate, base64), in characters.
pub const MAX_BINARY: usize = 65_536;
/// Most attributes in one custom extension.
pub const MAX_CUSTOM_ATTRIBUTES: usize = 200;
/// Most custom extensions of one resource.
pub const MAX_CUSTOM_EXTENSIONS: usize = 20;
/// Most entries in a list of ignored attributes; the rest is dropped, so that noise cannot fill the activity.
pub const MAX_IGNORED: usize = 100;
/// Longest attribute name that is ever named in an error or an activity entry, in bytes.
pub const MAX_NAME: usize = 128;
