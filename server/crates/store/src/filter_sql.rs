//! A SCIM filter as a condition of SQL: a superset of what it finds, and whether it is exactly that.
//!
//! What has a column (or a row, as e-mail addresses and members have) is compiled, everything else is `All`: the rows
//! that come are then judged by [`Filter::matches`], which is also what a condition must agree with. Column names are
//! this file's own; everything of the request is bound (threat T24).

use scim::filter::{CompareOp, Literal, micros_of_date_time};
use scim::schema::AttrPath;
use scim::{Filter, Map, ResourceType, fold, fold_part};
use serde_json::Value as Json;

use crate::compose::{Sql, like};
use crate::ids::DirectoryId;

/// A compiled filter.
#[derive(Debug)]
pub(crate) struct Condition {
    rows: Rows,
    /// Whether the rows are exactly what the filter finds, not only among others.
    pub(crate) exact: bool,
    /// Whether an index leads to the rows.
    pub(crate) pointed: bool,
}

#[derive(Debug)]
enum Rows {
    All,
    None,
    Where(Vec<Piece>),
}

#[derive(Debug)]
enum Piece {
    Sql(&'static str),
    Text(String),
    Int(i64),
    Directory,
}

use Piece::Sql as S;

impl Condition {
    const ALL: Self = Self {
        rows: Rows::All,
        exact: true,
        pointed: false,
    };
    const NONE: Self = Self {
        rows: Rows::None,
        exact: true,
        pointed: true,
    };
    const UNKNOWN: Self = Self {
        rows: Rows::All,
        exact: false,
        pointed: false,
    };

    /// Compiles a resolved filter over `users u` or `groups g`.
    pub(crate) fn of(filter: Option<&Filter>, resource: ResourceType) -> Self {
        filter.map_or(Self::ALL, |filter| compile(filter, &Place::Resource(resource)))
    }

    /// Adds ` AND (…)`.
    pub(crate) fn restrict<'a>(&'a self, sql: &mut Sql<'a>, directory: &'a DirectoryId) {
        match &self.rows {
            Rows::All => {}
            Rows::None => {
                sql.push(" AND FALSE");
            }
            Rows::Where(pieces) => {
                sql.push(" AND (");
                for piece in pieces {
                    match piece {
                        Piece::Sql(text) => sql.push(text),
                        Piece::Text(text) => sql.bind(text),
                        Piece::Int(number) => sql.bind(*number),
                        Piece::Directory => sql.bind(directory),
                    };
                }
                sql.push(")");
            }
        }
    }

    fn exactly(pieces: Vec<Piece>) -> Self {
        Self {
            rows: Rows::Where(pieces),
            exact: true,
            pointed: false,
        }
    }

    fn constant(holds: bool) -> Self {
        if holds { Self::ALL } else { Self::NONE }
    }

    fn pointed(self) -> Self {
        Self {
            pointed: true,
            ..self
        }
    }

    fn among_others(self) -> Self {
        Self { exact: false, ..self }
    }

    fn not(self) -> Self {
        match (self.rows, self.exact) {
            (_, false) => Self::UNKNOWN,
            (Rows::All, true) => Self::NONE,
            (Rows::None, true) => Self::ALL,
            (Rows::Where(pieces), true) => Self::exactly(wrap("NOT (", pieces, ")")),
        }
    }

    fn and(parts: impl Iterator<Item = Self>) -> Self {
        let (mut all, mut exact, mut pointed) = (Vec::new(), true, false);
        for part in parts {
            exact &= part.exact;
            pointed |= part.pointed;
            match part.rows {
                Rows::All => {}
                Rows::None => return Self::NONE,
                Rows::Where(pieces) => join(&mut all, " AND ", pieces),
            }
        }
        let rows = if all.is_empty() {
            Rows::All
        } else {
            Rows::Where(all)
        };
        Self { rows, exact, pointed }
    }

    fn or(parts: impl Iterator<Item = Self>) -> Self {
        let (mut any, mut exact, mut pointed) = (Vec::new(), true, true);
        let mut everything = None;
        for part in parts {
            exact &= part.exact;
            pointed &= part.pointed;
            match part.rows {
                Rows::All => everything = Some(everything.unwrap_or(false) || part.exact),
                Rows::None => {}
                Rows::Where(pieces) => join(&mut any, " OR ", pieces),
            }
        }
        match everything {
            Some(exact) => Self {
                rows: Rows::All,
                exact,
                pointed: false,
            },
            None if any.is_empty() => Self {
                rows: Rows::None,
                exact,
                pointed,
            },
            None => Self {
                rows: Rows::Where(wrap("(", any, ")")),
                exact,
                pointed,
            },
        }
    }
}

fn wrap(before: &'static str, mut pieces: Vec<Piece>, after: &'static str) -> Vec<Piece> {
    pieces.insert(0, S(before));
    pieces.push(S(after));
    pieces
}

fn join(all: &mut Vec<Piece>, between: &'static str, pieces: Vec<Piece>) {
    if !all.is_empty() {
        all.push(S(between));
    }
    all.push(S("("));
    all.extend(pieces);
    all.push(S(")"));
}

/// What a path is relative to.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A user or group.
    Resource(ResourceType),
    /// One member of a group: `members m`.
    Member,
}

/// Where the value of an attribute is kept.
enum Kept {
    Text(TextColumn),
    Bool(&'static str),
    Time(&'static str),
    /// In `emails_fold` and `user_emails`, folded.
    Emails,
    /// The groups of a user, by id.
    GroupsOfUser,
    /// The members of a group.
    Members,
    /// The kind of a member.
    MemberKind,
    /// It follows from the type of resource.
    ResourceType(ResourceType),
    /// In the body only.
    Body,
}

/// A column of text: as it was sent, as it is compared, and the condition that it has a value.
struct TextColumn {
    compared: &'static str,
    present: &'static str,
    /// Whether an index leads to an equal one.
    indexed: bool,
}

macro_rules! text_column {
    ($raw:literal, $compared:literal, nullable, $indexed:literal) => {
        Kept::Text(TextColumn {
            compared: $compared,
            present: concat!($raw, " IS NOT NULL AND ", $raw, " <> ''"),
            indexed: $indexed,
        })
    };
    ($raw:literal, $compared:literal, $indexed:literal) => {
        Kept::Text(TextColumn {
            compared: $compared,
            present: concat!($raw, " <> ''"),
            indexed: $indexed,
        })
    };
}

fn kept(path: &AttrPath, place: &Place) -> Kept {
    if path.urn.is_some() {
        return Kept::Body;
    }
    let name = (path.attr.as_str(), path.sub.as_deref());
    match place {
        Place::Resource(ResourceType::User) => user_column(name),
        Place::Resource(ResourceType::Group) => group_column(name),
        Place::Member => match name {
            ("value", None) => text_column!("m.member_id", "m.member_id", true),
            ("type", None) => Kept::MemberKind,
            _ => Kept::Body,
        },
    }
}

fn user_column(name: (&str, Option<&str>)) -> Kept {
    match name {
        ("id", None) => text_column!("u.id", "u.id", true),
        ("userName", None) => text_column!("u.user_name", "u.user_name_fold", true),
        ("externalId", None) => text_column!("u.external_id", "u.external_id", nullable, true),
        ("displayName", None) => text_column!("u.display_name", "u.display_name_fold", nullable, false),
        ("active", None) => Kept::Bool("u.active"),
        ("meta", Some("created")) => Kept::Time("u.created_at"),
        ("meta", Some("lastModified")) => Kept::Time("u.updated_at"),
        ("meta", Some("resourceType")) => Kept::ResourceType(ResourceType::User),
        ("emails", Some("value")) => Kept::Emails,
        ("groups", None | Some("value")) => Kept::GroupsOfUser,
        _ => Kept::Body,
    }
}

fn group_column(name: (&str, Option<&str>)) -> Kept {
    match name {
        ("id", None) => text_column!("g.id", "g.id", true),
        ("displayName", None) => text_column!("g.display_name", "g.display_name_fold", true),
        ("externalId", None) => text_column!("g.external_id", "g.external_id", nullable, true),
        ("meta", Some("created")) => Kept::Time("g.created_at"),
        ("meta", Some("lastModified")) => Kept::Time("g.updated_at"),
        ("meta", Some("resourceType")) => Kept::ResourceType(ResourceType::Group),
        ("members", None | Some("value")) => Kept::Members,
        _ => Kept::Body,
    }
}

fn compile(filter: &Filter, place: &Place) -> Condition {
    match filter {
        Filter::And(parts) => Condition::and(parts.iter().map(|part| compile(part, place))),
        Filter::Or(parts) => Condition::or(parts.iter().map(|part| compile(part, place))),
        Filter::Not(inner) => compile(inner, place).not(),
        Filter::Present(path) => present(kept(path, place), filter),
        Filter::Compare { path, op, value } => compare(path, *op, value, filter, place),
        Filter::Each { path, filter } => each(&path.attr, filter, place),
    }
}

fn present(kept: Kept, filter: &Filter) -> Condition {
    match kept {
        Kept::Text(column) => Condition::exactly(vec![S(column.present)]),
        Kept::Bool(_) | Kept::Time(_) | Kept::MemberKind => Condition::ALL,
        Kept::GroupsOfUser => groups_of_user(),
        Kept::Members => members(Condition::ALL),
        Kept::ResourceType(resource) => of_type(filter, resource),
        Kept::Emails | Kept::Body => Condition::UNKNOWN,
    }
}

fn compare(path: &AttrPath, op: CompareOp, literal: &Literal, filter: &Filter, place: &Place) -> Condition {
    let kept = kept(path, place);
    match (&kept, op, literal) {
        (Kept::ResourceType(resource), ..) => return of_type(filter, *resource),
        (_, CompareOp::Eq, Literal::Null) => return present(kept, filter).not(),
        (_, CompareOp::Ne, Literal::Null) => return present(kept, filter),
        _ => {}
    }
    let exact_case = path.definition().is_some_and(|attribute| attribute.case_exact);
    match (kept, literal) {
        // PostgreSQL keeps no NUL and takes none.
        (_, Literal::String(text)) if text.contains('\0') => Condition::UNKNOWN,
        (Kept::Text(column), Literal::String(text)) => of_text(&column, op, text, exact_case),
        (Kept::Bool(column), Literal::Bool(flag)) => of_bool(column, op, *flag),
        (Kept::Time(column), Literal::String(text)) => of_time(column, op, text),
        (Kept::Emails, Literal::String(text)) => of_emails(op, text),
        (Kept::GroupsOfUser, Literal::String(text)) if op == CompareOp::Eq => in_group(text),
        (Kept::Members, Literal::String(text)) => of_members(op, text),
        (Kept::MemberKind, Literal::String(_)) => of_kind(filter),
        _ => Condition::UNKNOWN,
    }
}

/// As the engine compares text: folded unless case counts; white space at the ends of a part counts.
fn of_text(column: &TextColumn, op: CompareOp, text: &str, exact_case: bool) -> Condition {
    let whole = || if exact_case { text.to_owned() } else { fold(text) };
    let part = || {
        if exact_case {
            text.to_owned()
        } else {
            fold_part(text)
        }
    };
    if op == CompareOp::Ne {
        let pieces = vec![
            S("NOT ("),
            S(column.present),
            S(") OR "),
            S(column.compared),
            S(" <> "),
            Piece::Text(whole()),
        ];
        return Condition::exactly(pieces);
    }
    let (operator, value) = match op {
        CompareOp::Eq | CompareOp::Ne => (" = ", whole()),
        CompareOp::Co => (" LIKE ", like("%", &part(), "%")),
        CompareOp::Sw => (" LIKE ", like("", &part(), "%")),
        CompareOp::Ew => (" LIKE ", like("%", &part(), "")),
        CompareOp::Gt => (" > ", whole()),
        CompareOp::Ge => (" >= ", whole()),
        CompareOp::Lt => (" < ", whole()),
        CompareOp::Le => (" <= ", whole()),
    };
    let escape = if op.is_substring() { r" ESCAPE '\'" } else { "" };
    let pieces = vec![
        S(column.present),
        S(" AND "),
        S(column.compared),
        S(operator),
        Piece::Text(value),
        S(escape),
    ];
    let condition = Condition::exactly(pieces);
    if op == CompareOp::Eq && column.indexed {
        condition.pointed()
    } else {
        condition
    }
}

fn of_bool(column: &'static str, op: CompareOp, flag: bool) -> Condition {
    let wanted = match op {
        CompareOp::Eq => flag,
        CompareOp::Ne => !flag,
        _ => return Condition::UNKNOWN,
    };
    Condition::exactly(vec![S(column), S(if wanted { " = TRUE" } else { " = FALSE" })])
}

fn of_time(column: &'static str, op: CompareOp, text: &str) -> Condition {
    let Some(micros) = micros_of_date_time(text) else {
        return Condition::UNKNOWN;
    };
    let operator = match op {
        CompareOp::Eq => " = ",
        CompareOp::Ne => " <> ",
        CompareOp::Gt => " > ",
        CompareOp::Ge => " >= ",
        CompareOp::Lt => " < ",
        CompareOp::Le => " <= ",
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => return Condition::NONE,
    };
    Condition::exactly(vec![S(column), S(operator), Piece::Int(micros)])
}

/// Rows among which those are whose e-mail addresses compare so: the body decides.
fn of_emails(op: CompareOp, text: &str) -> Condition {
    let (whole, part) = (fold(text), fold_part(text));
    if whole.is_empty() || text.contains(char::is_control) {
        return Condition::UNKNOWN;
    }
    match op {
        CompareOp::Eq => Condition::exactly(vec![
            S("u.id IN (SELECT e.user_id FROM user_emails e WHERE e.directory_id = "),
            Piece::Directory,
            S(" AND e.value_fold = "),
            Piece::Text(whole),
            S(")"),
        ])
        .pointed()
        .among_others(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => {
            let pattern = Piece::Text(like("%", &part, "%"));
            let pieces = vec![
                S("u.emails_fold IS NOT NULL AND u.emails_fold LIKE "),
                pattern,
                S(r" ESCAPE '\'"),
            ];
            Condition::exactly(pieces).among_others()
        }
        _ => Condition::UNKNOWN,
    }
}

fn in_group(group: &str) -> Condition {
    Condition::exactly(vec![
        S("u.id IN (SELECT m.member_id FROM members m WHERE m.directory_id = "),
        Piece::Directory,
        S(" AND m.group_id = "),
        Piece::Text(group.to_owned()),
        S(")"),
    ])
}

fn groups_of_user() -> Condition {
    Condition::exactly(vec![
        S("EXISTS (SELECT 1 FROM members m WHERE m.member_id = u.id AND m.directory_id = "),
        Piece::Directory,
        S(")"),
    ])
}

fn of_members(op: CompareOp, text: &str) -> Condition {
    let Kept::Text(column) = text_column!("m.member_id", "m.member_id", true) else {
        return Condition::UNKNOWN;
    };
    match op {
        CompareOp::Eq => has_member(text),
        CompareOp::Ne => {
            let none = members(Condition::ALL).not();
            let other = members(of_text(&column, CompareOp::Ne, text, true));
            Condition::or([none, other].into_iter())
        }
        op => members(of_text(&column, op, text, true)),
    }
}

/// Found from the member, whose groups are few, not from the group, whose members may be many.
fn has_member(member: &str) -> Condition {
    Condition::exactly(vec![
        S("g.id IN (SELECT m.group_id FROM members m WHERE m.directory_id = "),
        Piece::Directory,
        S(" AND m.member_id = "),
        Piece::Text(member.to_owned()),
        S(")"),
    ])
    .pointed()
}

/// Some member satisfies the condition.
fn members(condition: Condition) -> Condition {
    let (exact, mut pieces) = (
        condition.exact,
        vec![
            S("EXISTS (SELECT 1 FROM members m WHERE m.group_id = g.id AND m.directory_id = "),
            Piece::Directory,
        ],
    );
    match condition.rows {
        Rows::None => return Condition::NONE,
        Rows::All => {}
        Rows::Where(inner) => pieces.extend(wrap(" AND (", inner, ")")),
    }
    pieces.push(S(")"));
    Condition {
        rows: Rows::Where(pieces),
        exact,
        pointed: false,
    }
}

/// There are two kinds of members: which of them satisfy the filter?
fn of_kind(filter: &Filter) -> Condition {
    let holds = |kind: &str| filter.matches(&Map::from_iter([("type".to_owned(), Json::from(kind))]));
    match (holds("User"), holds("Group")) {
        (true, true) => Condition::ALL,
        (true, false) => Condition::exactly(vec![S("m.kind = 'User'")]),
        (false, true) => Condition::exactly(vec![S("m.kind = 'Group'")]),
        (false, false) => Condition::NONE,
    }
}

/// The same for all rows of a table.
fn of_type(filter: &Filter, resource: ResourceType) -> Condition {
    let meta = Map::from_iter([("resourceType".to_owned(), Json::from(resource.name()))]);
    Condition::constant(filter.matches(&Map::from_iter([("meta".to_owned(), Json::from(meta))])))
}

/// `members[…]`, `emails[…]`, `groups[…]`.
fn each(attribute: &str, filter: &Filter, place: &Place) -> Condition {
    match (attribute, place) {
        ("members", Place::Resource(ResourceType::Group)) => match filter {
            Filter::Compare {
                path,
                op: CompareOp::Eq,
                value: Literal::String(text),
            } if path.attr == "value" && !text.contains('\0') => has_member(text),
            filter => members(compile(filter, &Place::Member)),
        },
        ("emails", Place::Resource(ResourceType::User)) => element(filter, &of_emails),
        ("groups", Place::Resource(ResourceType::User)) => element(filter, &|op, text| match op {
            CompareOp::Eq => in_group(text),
            _ => Condition::UNKNOWN,
        }),
        _ => Condition::UNKNOWN,
    }
}

/// Rows among which those are that have such an element, as far as its `value` tells.
fn element(filter: &Filter, of_value: &dyn Fn(CompareOp, &str) -> Condition) -> Condition {
    match filter {
        Filter::And(parts) => Condition::and(parts.iter().map(|part| element(part, of_value))).among_others(),
        Filter::Or(parts) => Condition::or(parts.iter().map(|part| element(part, of_value))).among_others(),
        Filter::Compare {
            path,
            op,
            value: Literal::String(text),
        } if path.attr == "value" && !text.contains('\0') => of_value(*op, text).among_others(),
        _ => Condition::UNKNOWN,
    }
}

/// Whether a filter looks at an attribute of the resource.
pub(crate) fn mentions(filter: &Filter, attribute: &str) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|part| mentions(part, attribute)),
        Filter::Not(inner) => mentions(inner, attribute),
        Filter::Present(path) | Filter::Compare { path, .. } | Filter::Each { path, .. } => {
            path.urn.is_none() && path.attr == attribute
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(filter: &str, resource: ResourceType) -> (String, bool, bool) {
        let filter = Filter::parse(filter).unwrap().resolve(resource).unwrap();
        let condition = Condition::of(Some(&filter), resource);
        let directory = DirectoryId::new("dir");
        let mut sql = Sql::new();
        condition.restrict(&mut sql, &directory);
        (sql.text().to_owned(), condition.exact, condition.pointed)
    }

    #[test]
    fn what_entra_matches_by_is_one_look_into_an_index() {
        for filter in [
            "userName eq \"a\"",
            "externalId eq \"a\"",
            "id eq \"a\" and manager eq \"b\"",
            "emails eq \"a@b\"",
        ] {
            assert!(sql(filter, ResourceType::User).2, "{filter}");
        }
        for filter in [
            "displayName eq \"a\"",
            "externalId eq \"a\"",
            "id eq \"a\" and members eq \"b\"",
        ] {
            assert!(sql(filter, ResourceType::Group).2, "{filter}");
        }
        assert!(
            sql(
                "emails[type eq \"work\" and value eq \"a@b\"]",
                ResourceType::User
            )
            .2
        );
        assert!(!sql("userName eq \"a\" or title eq \"b\"", ResourceType::User).2);
        assert!(!sql("displayName eq \"a\"", ResourceType::User).2);
    }

    #[test]
    fn the_request_is_bound() {
        let (text, exact, _) = sql("userName co \"%' OR 1=1 --\"", ResourceType::User);
        assert_eq!(
            text,
            r" AND (u.user_name <> '' AND u.user_name_fold LIKE $1 ESCAPE '\')"
        );
        assert!(exact);
    }

    #[test]
    fn what_has_no_column_leaves_the_judgement_to_the_engine() {
        assert_eq!(
            sql("title eq \"a\"", ResourceType::User),
            (String::new(), false, false)
        );
        assert_eq!(
            sql("not (title eq \"a\")", ResourceType::User),
            (String::new(), false, false)
        );
        let (text, exact, _) = sql("title eq \"a\" and active eq true", ResourceType::User);
        assert_eq!((text.as_str(), exact), (" AND ((u.active = TRUE))", false));
        assert_eq!(sql("userName eq \"a\\u0000\"", ResourceType::User).0, "");
    }

    #[test]
    fn what_is_the_same_for_all_rows_needs_none() {
        assert_eq!(sql("meta.resourceType eq \"User\"", ResourceType::User).0, "");
        assert_eq!(
            sql("meta.resourceType eq \"Group\"", ResourceType::User).0,
            " AND FALSE"
        );
        assert_eq!(
            sql("members[type eq \"device\"]", ResourceType::Group).0,
            " AND FALSE"
        );
    }
}
