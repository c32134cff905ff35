//! The `path` of an operation, or a key of a path-less one → the place it means.

use std::fmt;

use crate::{
    ResourceType,
    filter::{Filter, Reader},
    resource::Reason,
    schema::{Attribute, Kind, Lookup, Mutability, Schema},
};

/// A top-level attribute and where it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// URN of the extension, `None` for core attributes.
    pub(crate) urn: Option<&'static str>,
    /// The attribute.
    pub(crate) attribute: &'static Attribute,
}

/// The canonical path, e.g. `emails` or `urn:…:User:department`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.urn {
            Some(urn) => write!(f, "{urn}:{}", self.attribute.name),
            None => f.write_str(self.attribute.name),
        }
    }
}

/// What an operation is about.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// A whole attribute.
    Attribute(Place),
    /// One sub-attribute: of a complex attribute, or of every element of a multi-valued one.
    Sub(Place, &'static Attribute),
    /// The elements that satisfy a filter, or one sub-attribute of each.
    Selected {
        place: Place,
        filter: Filter,
        sub: Option<&'static Attribute>,
    },
    /// The Enterprise extension as a whole.
    Extension(&'static Schema),
    /// An attribute of a custom extension.
    Custom { urn: String, attr: String },
    /// A custom extension as a whole.
    CustomExtension(String),
    /// The members of a group.
    Members,
    /// Those members that satisfy a filter.
    SelectedMembers(Filter),
}

impl Target {
    /// Reads a path. `Err` is the reason why nothing can be done there.
    pub(crate) fn parse(text: &str, resource: ResourceType) -> Result<Self, Reason> {
        let (path, filter, sub) = Reader::patch_path(text).ok_or(Reason::Unknown)?;
        match path.lookup(resource) {
            Lookup::Known {
                urn,
                attribute,
                sub: None,
            } => {
                let place = Place { urn, attribute };
                Self::known(place, filter, sub)
            }
            Lookup::Known {
                urn,
                attribute,
                sub: Some(sub),
            } if filter.is_none() => {
                writable(attribute)?;
                writable(sub)?;
                sub_target(Place { urn, attribute }, sub)
            }
            Lookup::Extension(schema) if filter.is_none() => Ok(Self::Extension(schema)),
            Lookup::Custom { urn, attr } if filter.is_none() => Ok(Self::Custom { urn, attr }),
            Lookup::CustomExtension(urn) if filter.is_none() => Ok(Self::CustomExtension(urn)),
            _ => Err(Reason::Unknown),
        }
    }

    fn known(place: Place, filter: Option<Filter>, sub: Option<&str>) -> Result<Self, Reason> {
        writable(place.attribute)?;
        let is_members = place.attribute.name == "members";
        let Some(filter) = filter else {
            return Ok(if is_members {
                Self::Members
            } else {
                Self::Attribute(place)
            });
        };
        if !place.attribute.multi_valued {
            return Err(Reason::Unknown);
        }
        let filter = filter.resolve_in(place.attribute).map_err(|_| Reason::Unknown)?;
        match sub {
            None if is_members => Ok(Self::SelectedMembers(filter)),
            // A member's type and name are ours to say.
            Some(_) if is_members => Err(Reason::ReadOnly),
            None => Ok(Self::Selected {
                place,
                filter,
                sub: None,
            }),
            Some(sub) => {
                let sub = place.attribute.sub(sub).ok_or(Reason::Unknown)?;
                writable(sub)?;
                Ok(Self::Selected {
                    place,
                    filter,
                    sub: Some(sub),
                })
            }
        }
    }

    /// The attribute of our tables it works on, if it is one.
    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Self::Attribute(place) | Self::Sub(place, _) | Self::Selected { place, .. } => Some(place),
            _ => None,
        }
    }
}

/// The canonical path for messages and records, without the filter.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(place) | Self::Selected { place, sub: None, .. } => place.fmt(f),
            Self::Sub(place, sub)
            | Self::Selected {
                place,
                sub: Some(sub),
                ..
            } => write!(f, "{place}.{}", sub.name),
            Self::Extension(schema) => f.write_str(schema.id),
            Self::Custom { urn, attr } => write!(f, "{urn}:{attr}"),
            Self::CustomExtension(urn) => f.write_str(urn),
            Self::Members | Self::SelectedMembers(_) => f.write_str("members"),
        }
    }
}

fn sub_target(place: Place, sub: &'static Attribute) -> Result<Target, Reason> {
    match place.attribute.name {
        "members" => Err(Reason::ReadOnly),
        _ => Ok(Target::Sub(place, sub)),
    }
}

/// Refuses what a client may not write.
fn writable(attribute: &Attribute) -> Result<(), Reason> {
    match attribute.mutability {
        Mutability::ReadOnly => Err(Reason::ReadOnly),
        Mutability::WriteOnly => Err(Reason::Password),
        Mutability::ReadWrite | Mutability::Immutable => Ok(()),
    }
}

/// Whether the place holds an object rather than one value or a list.
pub(crate) fn is_complex_single(attribute: &Attribute) -> bool {
    attribute.kind == Kind::Complex && !attribute.multi_valued
}
