//! What an attribute definition says (RFC 7643 §7), and `const` builders that read like the tables of the RFC.

use crate::limits;

/// Data type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// RFC 3339 date and time.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// An object of sub-attributes.
    Complex,
}

/// Who may write an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Only we do.
    ReadOnly,
    /// The client does, at any time.
    ReadWrite,
    /// The client does, and it is never read back.
    WriteOnly,
    /// The client does, once.
    Immutable,
}

/// When an attribute is part of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// In every reply.
    Always,
    /// In none.
    Never,
    /// Unless the client asks for others or excludes it.
    Default,
    /// Only when the client asks for it by name.
    Request,
}

/// Within which bounds a value is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Within the directory.
    Server,
}

/// One attribute or sub-attribute.
#[derive(Debug)]
pub struct Attribute {
    /// Canonical name.
    pub name: &'static str,
    /// What it means, for `/Schemas`.
    pub description: &'static str,
    /// Data type.
    pub kind: Kind,
    /// Whether it holds a list.
    pub multi_valued: bool,
    /// Whether a resource without it is refused.
    pub required: bool,
    /// Whether comparison respects case; if not, [`crate::fold`] decides.
    pub case_exact: bool,
    /// Who may write it.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// Whether its value is unique.
    pub uniqueness: Uniqueness,
    /// Suggested values; others are accepted too (RFC 7643 §7).
    pub canonical_values: &'static [&'static str],
    /// What a reference may point to.
    pub reference_types: &'static [&'static str],
    /// Sub-attributes of a complex attribute.
    pub sub_attributes: &'static [Attribute],
    /// Longest value in characters.
    pub max_length: usize,
    /// Whether tab and line breaks are allowed in the text (RFC 7643 §4.1.2 allows them in addresses).
    pub multi_line: bool,
}

impl Attribute {
    /// The sub-attribute of this name, whatever its case.
    pub fn sub(&self, name: &str) -> Option<&'static Attribute> {
        self.sub_attributes
            .iter()
            .find(|sub| sub.name.eq_ignore_ascii_case(name))
    }

    /// Whether a client can never write it.
    pub fn is_read_only(&self) -> bool {
        matches!(self.mutability, Mutability::ReadOnly)
    }

    const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            description,
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: &[],
            reference_types: &[],
            sub_attributes: &[],
            max_length: limits::MAX_STRING,
            multi_line: false,
        }
    }

    pub(super) const fn string(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        let attribute = Self::new(name, Kind::String, description);
        Self {
            max_length: limits::MAX_TEXT,
            multi_line: true,
            ..attribute
        }
    }

    pub(super) const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Boolean, description)
    }

    pub(super) const fn date_time(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::DateTime, description)
    }

    pub(super) const fn binary(name: &'static str, description: &'static str) -> Self {
        let attribute = Self::new(name, Kind::Binary, description);
        Self {
            case_exact: true,
            max_length: limits::MAX_BINARY,
            ..attribute
        }
    }

    pub(super) const fn reference(
        name: &'static str,
        description: &'static str,
        types: &'static [&'static str],
    ) -> Self {
        let attribute = Self::new(name, Kind::Reference, description);
        Self {
            case_exact: true,
            reference_types: types,
            max_length: limits::MAX_TEXT,
            ..attribute
        }
    }

    pub(super) const fn complex(
        name: &'static str,
        description: &'static str,
        sub_attributes: &'static [Attribute],
    ) -> Self {
        let attribute = Self::new(name, Kind::Complex, description);
        Self {
            sub_attributes,
            ..attribute
        }
    }

    pub(super) const fn multi(self) -> Self {
        Self {
            multi_valued: true,
            ..self
        }
    }

    pub(super) const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(super) const fn exact(self) -> Self {
        Self {
            case_exact: true,
            ..self
        }
    }

    pub(super) const fn unique(self) -> Self {
        Self {
            uniqueness: Uniqueness::Server,
            ..self
        }
    }

    pub(super) const fn read_only(self) -> Self {
        Self {
            mutability: Mutability::ReadOnly,
            ..self
        }
    }

    pub(super) const fn immutable(self) -> Self {
        Self {
            mutability: Mutability::Immutable,
            ..self
        }
    }

    pub(super) const fn write_only(self) -> Self {
        Self {
            mutability: Mutability::WriteOnly,
            returned: Returned::Never,
            ..self
        }
    }

    pub(super) const fn never(self) -> Self {
        Self {
            returned: Returned::Never,
            ..self
        }
    }

    pub(super) const fn always(self) -> Self {
        Self {
            returned: Returned::Always,
            ..self
        }
    }

    pub(super) const fn suggests(self, canonical_values: &'static [&'static str]) -> Self {
        Self {
            canonical_values,
            ..self
        }
    }
}

/// A named table of attributes.
#[derive(Debug)]
pub struct Schema {
    /// URN.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// What it describes.
    pub description: &'static str,
    /// The attributes.
    pub attributes: &'static [Attribute],
}

impl Schema {
    /// The attribute of this name, whatever its case.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}
