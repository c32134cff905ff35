//! From a name as it stands in a request to the attribute it means.

use std::fmt;

use super::{Attribute, Kind, ResourceType, Returned, Schema, common};
use crate::dialect;

/// A dotted, possibly URN-qualified attribute name: `[urn:]attr[.sub]` (RFC 7644 §3.10).
///
/// As parsed it is what the client wrote; as resolved (see [`AttrPath::resolve`]) it is canonical: core attributes carry
/// no URN, enterprise attributes always carry theirs, and [`AttrPath::definition`] knows the rules.
#[derive(Clone)]
pub struct AttrPath {
    /// Schema URN without the attribute; `None` for core attributes and for sub-attributes inside `[…]`.
    pub urn: Option<String>,
    /// Attribute name; empty if the path names a whole extension.
    pub attr: String,
    /// Sub-attribute name.
    pub sub: Option<String>,
    definition: Option<&'static Attribute>,
}

/// Two paths are equal if they are spelled alike; whether they are resolved does not count.
impl PartialEq for AttrPath {
    fn eq(&self, other: &Self) -> bool {
        self.urn == other.urn && self.attr == other.attr && self.sub == other.sub
    }
}

impl Eq for AttrPath {}

impl fmt::Debug for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttrPath({self})")
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = self.urn {
            f.write_str(urn)?;
            if !self.attr.is_empty() {
                f.write_str(":")?;
            }
        }
        f.write_str(self.attr)?;
        match self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// What a path means in a resource type.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// An attribute of our tables. `urn` is set for extension attributes only.
    Known {
        /// URN of the extension, `None` for core and common attributes.
        urn: Option<&'static str>,
        /// The top-level attribute.
        attribute: &'static Attribute,
        /// Its sub-attribute, if one is named.
        sub: Option<&'static Attribute>,
    },
    /// An extension of our tables as a whole.
    Extension(&'static Schema),
    /// One attribute of a custom extension. Its name, and that of the extension, are in the client's spelling.
    Custom {
        /// URN of the extension.
        urn: String,
        /// Name of the attribute.
        attr: String,
    },
    /// A custom extension as a whole.
    CustomExtension(String),
    /// Nothing we know.
    Unknown,
}

impl AttrPath {
    /// A core attribute by name, unresolved.
    pub fn attr(name: impl Into<String>) -> Self {
        Self {
            urn: None,
            attr: name.into(),
            sub: None,
            definition: None,
        }
    }

    /// A path from its parts, unresolved.
    pub fn new(urn: Option<&str>, attr: &str, sub: Option<&str>) -> Self {
        Self {
            urn: urn.map(Into::into),
            attr: attr.into(),
            sub: sub.map(Into::into),
            definition: None,
        }
    }

    /// Reads `[urn:]attr[.sub]`; `None` if it is not of that form.
    pub fn parse(text: &str) -> Option<Self> {
        let name = Name::parse(text)?;
        Some(Self::new(name.urn, name.attr, name.sub))
    }

    fn name(&self) -> Name<'_> {
        Name {
            urn: self.urn.as_deref(),
            attr: &self.attr,
            sub: self.sub.as_deref(),
        }
    }

    /// The definition of the attribute the path ends in, once resolved; `None` for custom extension attributes.
    pub fn definition(&self) -> Option<&'static Attribute> {
        self.definition
    }

    /// Whether it names an attribute of a custom extension, of which we know neither type nor spelling: its URN and its
    /// name match whatever their case.
    pub fn is_custom(&self) -> bool {
        self.definition.is_none() && self.urn.is_some()
    }

    /// The canonical path of the attribute it means in a resource, or `None` if there is no such attribute.
    pub fn resolve(&self, resource: ResourceType) -> Option<Self> {
        match lookup(self, resource) {
            Lookup::Known { urn, attribute, sub } => Some(Self {
                definition: Some(sub.unwrap_or(attribute)),
                ..Self::new(urn, attribute.name, sub.map(|sub| sub.name))
            }),
            Lookup::Custom { urn, attr } => Some(Self::new(Some(&urn), &attr, None)),
            _ => None,
        }
    }

    /// The canonical path to sort by: text, a boolean or a date; of a complex attribute its `value`.
    pub(crate) fn sortable(&self, resource: ResourceType) -> Option<Self> {
        let path = self.resolve(resource)?;
        match path.definition {
            Some(attribute) if attribute.returned == Returned::Never => None,
            Some(attribute) if attribute.kind == Kind::Complex => path.value_of(attribute),
            _ => Some(path),
        }
    }

    /// The path of the `value` of a complex attribute, if it has one.
    pub(crate) fn value_of(&self, attribute: &'static Attribute) -> Option<Self> {
        let value = attribute.sub("value")?;
        Some(Self {
            definition: Some(value),
            sub: Some(value.name.to_owned()),
            ..self.clone()
        })
    }

    /// The canonical path of a sub-attribute of `parent`, as it stands inside `[…]`.
    pub fn resolve_in(&self, parent: &'static Attribute) -> Option<Self> {
        let plain = self.urn.is_none() && self.sub.is_none();
        let sub = parent.sub(&self.attr).filter(|_| plain)?;
        Some(Self {
            definition: Some(sub),
            ..Self::attr(sub.name)
        })
    }
}

/// The parts of a path, borrowed from the text: what PATCH and resources are read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    urn: Option<&'a str>,
    attr: &'a str,
    sub: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let Some((urn, name)) = split_urn(text) else {
            return Self::of_attribute(None, text);
        };
        if !urn.bytes().all(|b| is_name_byte(b) || matches!(b, b':' | b'.')) {
            return None;
        }
        match name {
            None => Some(Self {
                urn: Some(urn),
                attr: "",
                sub: None,
            }),
            Some(name) => Self::of_attribute(Some(urn), name),
        }
    }

    fn of_attribute(urn: Option<&'a str>, text: &'a str) -> Option<Self> {
        let (attr, sub) = match text.split_once('.') {
            Some((attr, sub)) => (attr, Some(sub)),
            None => (text, None),
        };
        let sound = is_name(attr) && sub.is_none_or(is_name);
        sound.then_some(Self { urn, attr, sub })
    }

    /// [`lookup`] for a borrowed path.
    pub(crate) fn lookup(self, resource: ResourceType) -> Lookup {
        let core = || {
            resource
                .schema()
                .attribute(self.attr)
                .or_else(|| common_attribute(self.attr))
        };
        let Some(urn) = self.urn else {
            return match (core(), dialect::schema_of_bare_names(resource)) {
                (None, Some(extension)) => self.known(Some(extension.id), extension.attribute(self.attr)),
                (attribute, _) => self.known(None, attribute),
            };
        };
        let urn = dialect::corrected_urn(urn);
        if urn.eq_ignore_ascii_case(resource.schema().id) {
            return self.known(None, core());
        }
        match resource
            .extension()
            .filter(|schema| schema.id.eq_ignore_ascii_case(urn))
        {
            Some(schema) if self.attr.is_empty() => Lookup::Extension(schema),
            Some(schema) => self.known(Some(schema.id), schema.attribute(self.attr)),
            None => self.custom(urn, resource),
        }
    }

    fn known(self, urn: Option<&'static str>, attribute: Option<&'static Attribute>) -> Lookup {
        let Some(attribute) = attribute else {
            return Lookup::Unknown;
        };
        match self.sub.map(|sub| attribute.sub(sub)) {
            Some(None) => Lookup::Unknown,
            sub => Lookup::Known {
                urn,
                attribute,
                sub: sub.flatten(),
            },
        }
    }

    fn custom(self, urn: &str, resource: ResourceType) -> Lookup {
        if self.sub.is_some() || !is_custom_extension(urn, resource) {
            return Lookup::Unknown;
        }
        let urn = canonical_extension(urn, resource);
        match self.attr {
            "" => Lookup::CustomExtension(urn),
            attr => Lookup::Custom {
                urn,
                attr: attr.to_owned(),
            },
        }
    }
}

/// Finds what a path means for a resource type; names are compared without regard to case (RFC 7643 §2.1).
///
/// A name without URN is looked for in the core schema, then among the common attributes, then in the extension:
/// Entra writes a bare `manager` (entra-facts A4.7).
pub fn lookup(path: &AttrPath, resource: ResourceType) -> Lookup {
    path.name().lookup(resource)
}

fn common_attribute(name: &str) -> Option<&'static Attribute> {
    common::ATTRIBUTES
        .iter()
        .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Whether a URN has the form of a custom extension of the resource:
/// `urn:ietf:params:scim:schemas:extension:{Name}:{n.n}:{User|Group}` (entra-facts A6).
pub fn is_custom_extension(urn: &str, resource: ResourceType) -> bool {
    match extension_parts(urn) {
        Some((name, kind)) => {
            !name.eq_ignore_ascii_case("enterprise") && kind.eq_ignore_ascii_case(resource.name())
        }
        None => false,
    }
}

const EXTENSION_PREFIX: &str = "urn:ietf:params:scim:schemas:extension:";

/// A custom extension's URN with everything but its name and version in canonical spelling.
fn canonical_extension(urn: &str, resource: ResourceType) -> String {
    let kind = resource.name();
    let name_and_version = &urn[EXTENSION_PREFIX.len()..urn.len() - kind.len()];
    format!("{EXTENSION_PREFIX}{name_and_version}{kind}")
}

/// Name and resource type of an extension URN.
fn extension_parts(urn: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = urn.split_at_checked(EXTENSION_PREFIX.len())?;
    let mut parts = rest.split(':');
    let (name, version, kind) = (parts.next()?, parts.next()?, parts.next()?);
    let (major, minor) = version.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    let named = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_name_byte);
    let sound = prefix.eq_ignore_ascii_case(EXTENSION_PREFIX)
        && named
        && digits(major)
        && digits(minor)
        && parts.next().is_none();
    sound.then_some((name, kind))
}

/// Splits a qualified name into URN and name; no name if the whole text is the URN of an extension.
fn split_urn(text: &str) -> Option<(&str, Option<&str>)> {
    if !text
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
    {
        return None;
    }
    let is_type = |kind: &str| {
        ["User", "Group"]
            .iter()
            .any(|name| kind.eq_ignore_ascii_case(name))
    };
    if dialect::is_misspelt_urn(text) || extension_parts(text).is_some_and(|(_, kind)| is_type(kind)) {
        return Some((text, None));
    }
    let (urn, name) = text.rsplit_once(':')?;
    Some((urn, Some(name)))
}

/// RFC 7644 §3.4.2.2 `ATTRNAME`, and `$ref`.
pub(crate) fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && name.bytes().all(is_name_byte)
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ENTERPRISE_USER, GROUP, USER};

    const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

    fn resolved(text: &str, resource: ResourceType) -> Option<String> {
        AttrPath::parse(text)?
            .resolve(resource)
            .map(|path| path.to_string())
    }

    fn user(text: &str) -> Option<String> {
        resolved(text, ResourceType::User)
    }

    #[test]
    fn names_are_found_whatever_their_case() {
        assert_eq!(user("USERNAME").as_deref(), Some("userName"));
        assert_eq!(user("Name.GIVENname").as_deref(), Some("name.givenName"));
        assert_eq!(user("EMAILS.value").as_deref(), Some("emails.value"));
        assert_eq!(user("META.lastmodified").as_deref(), Some("meta.lastModified"));
        assert_eq!(user("externalid").as_deref(), Some("externalId"));
        assert_eq!(
            resolved("MEMBERS.$REF", ResourceType::Group).as_deref(),
            Some("members.$ref")
        );
    }

    #[test]
    fn the_urn_of_a_core_schema_may_stand_before() {
        assert_eq!(user(&format!("{USER}:userName")).as_deref(), Some("userName"));
        assert_eq!(
            user(&format!("{}:name.givenName", USER.to_uppercase())).as_deref(),
            Some("name.givenName")
        );
        assert_eq!(user(&format!("{USER}:id")).as_deref(), Some("id"));
        assert_eq!(user(&format!("{GROUP}:displayName")), None);
        assert_eq!(
            resolved(&format!("{GROUP}:members"), ResourceType::Group).as_deref(),
            Some("members")
        );
    }

    #[test]
    fn enterprise_attributes_carry_their_urn() {
        let department = format!("{ENTERPRISE_USER}:department");
        assert_eq!(user(&department.to_lowercase()), Some(department.clone()));
        assert_eq!(
            user("department"),
            Some(department.clone()),
            "a bare name is found too"
        );
        assert_eq!(
            user("manager.value"),
            Some(format!("{ENTERPRISE_USER}:manager.value"))
        );
        assert_eq!(
            user("urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department"),
            Some(department)
        );
        assert_eq!(resolved("department", ResourceType::Group), None);
    }

    #[test]
    fn custom_attributes_keep_their_spelling() {
        let path = format!("{HERO}:costCode");
        assert_eq!(user(&path), Some(path.clone()));
        let path = AttrPath::parse(&path)
            .unwrap()
            .resolve(ResourceType::User)
            .unwrap();
        assert!(path.is_custom());
        assert!(path.definition().is_none());
        assert_eq!(
            (path.urn.as_deref(), path.attr.as_str(), path.sub),
            (Some(HERO), "costCode", None)
        );
    }

    #[test]
    fn a_custom_extension_belongs_to_one_resource_type() {
        assert!(is_custom_extension(HERO, ResourceType::User));
        assert!(!is_custom_extension(HERO, ResourceType::Group));
        for urn in [
            ENTERPRISE_USER,
            "urn:ietf:params:scim:schemas:extension::2.0:User",
            "urn:ietf:params:scim:schemas:extension:Hero:2:User",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:Device",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:more",
            "urn:ietf:params:scim:schemas:extension:He ro:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:hero:2.0:User",
            "urn:ietf:params:scim:schemas:extension:é",
            "",
        ] {
            assert!(!is_custom_extension(urn, ResourceType::User), "{urn}");
        }
    }

    #[test]
    fn whole_extensions_are_told_from_attributes() {
        let found = |text: &str| lookup(&AttrPath::parse(text).unwrap(), ResourceType::User);
        assert!(matches!(found(ENTERPRISE_USER), Lookup::Extension(schema) if schema.id == ENTERPRISE_USER));
        assert!(matches!(
            found(dialect::MISSPELT_ENTERPRISE_URN),
            Lookup::Extension(_)
        ));
        assert!(matches!(found(HERO), Lookup::CustomExtension(urn) if urn == HERO));
        assert!(
            matches!(found(&format!("{HERO}:a")), Lookup::Custom { urn, attr } if urn == HERO && attr == "a")
        );
        assert!(matches!(found(&format!("{HERO}:a.b")), Lookup::Unknown));
    }

    #[test]
    fn what_no_schema_has_is_unknown() {
        for text in [
            "shoeSize",
            "name.nick",
            "userName.value",
            "urn:x:y",
            "members",
            "emails.value.x",
            "password.x",
        ] {
            assert_eq!(user(text), None, "{text}");
        }
        assert_eq!(resolved("userName", ResourceType::Group), None);
        assert_eq!(resolved("groups", ResourceType::Group), None);
    }

    #[test]
    fn only_names_are_paths() {
        for text in [
            "", ".", "a.", ".a", "a..b", "1a", "a b", "a[", "é", "$", "a.$", "urn:", "urn:x:", "-a", "a.b.c",
        ] {
            assert_eq!(AttrPath::parse(text), None, "{text}");
        }
        for text in ["a", "a-b_1", "$ref", "a.$ref", "urn:x:a.b"] {
            assert_eq!(
                AttrPath::parse(text).map(|path| path.to_string()).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn inside_brackets_names_are_sub_attributes() {
        let emails = ResourceType::User.schema().attribute("emails").unwrap();
        let inside = |text: &str| {
            AttrPath::parse(text)?
                .resolve_in(emails)
                .map(|path| path.to_string())
        };
        assert_eq!(inside("TYPE").as_deref(), Some("type"));
        assert_eq!(inside("emails.type"), None);
        assert_eq!(inside("userName"), None);
    }
}
