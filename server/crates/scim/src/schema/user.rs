//! Core User (RFC 7643 §4.1).

use super::{
    USER,
    attribute::{Attribute, Schema},
};

/// The core User schema.
pub static SCHEMA: Schema = Schema {
    id: USER,
    name: "User",
    description: "A user account.",
    attributes: ATTRIBUTES,
};

const WORK_HOME_OTHER: &[&str] = &["work", "home", "other"];

const ATTRIBUTES: &[Attribute] = &[
    Attribute::string(
        "userName",
        "The name the user signs in with; unique in the directory, case does not count.",
    )
    .required()
    .unique(),
    Attribute::complex("name", "The parts of the user's name.", NAME),
    Attribute::string("displayName", "The name to show."),
    Attribute::string("nickName", "The casual name."),
    Attribute::reference("profileUrl", "URL of the user's profile page.", &["external"]),
    Attribute::string("title", "Job title."),
    Attribute::string(
        "userType",
        "Relation to the organization, such as Employee or Guest.",
    ),
    Attribute::string("preferredLanguage", "Preferred language, as in Accept-Language."),
    Attribute::string("locale", "Locale for dates, numbers and money."),
    Attribute::string("timezone", "IANA time zone."),
    Attribute::boolean("active", "Whether the user has access."),
    Attribute::string(
        "password",
        "Accepted and thrown away: no password is ever stored.",
    )
    .write_only(),
    Attribute::complex("emails", "E-mail addresses.", EMAILS).multi(),
    Attribute::complex("phoneNumbers", "Phone numbers.", PHONE_NUMBERS).multi(),
    Attribute::complex("ims", "Instant messaging addresses.", IMS).multi(),
    Attribute::complex("photos", "URLs of pictures.", PHOTOS).multi(),
    Attribute::complex("addresses", "Postal addresses.", ADDRESSES).multi(),
    Attribute::complex(
        "groups",
        "Groups the user is a direct member of; change the group to change them.",
        GROUPS,
    )
    .multi()
    .read_only(),
    Attribute::complex("entitlements", "Entitlements.", ENTITLEMENTS).multi(),
    Attribute::complex(
        "roles",
        "Roles at the organization; they grant nothing here.",
        ROLES,
    )
    .multi(),
    Attribute::complex("x509Certificates", "Certificates.", CERTIFICATES).multi(),
];

const NAME: &[Attribute] = &[
    Attribute::string("formatted", "The full name, ready to show."),
    Attribute::string("familyName", "Family name."),
    Attribute::string("givenName", "Given name."),
    Attribute::string("middleName", "Middle names."),
    Attribute::string("honorificPrefix", "Title before the name."),
    Attribute::string("honorificSuffix", "Suffix after the name."),
];

const DISPLAY: Attribute = Attribute::string("display", "Text to show for the value.");
const PRIMARY: Attribute = Attribute::boolean("primary", "Whether it is the preferred one; at most one is.");
const TYPE: Attribute = Attribute::string("type", "What the value is for.");

const EMAILS: &[Attribute] = &[
    Attribute::string("value", "The address."),
    DISPLAY,
    TYPE.suggests(WORK_HOME_OTHER),
    PRIMARY,
];

const PHONE_NUMBERS: &[Attribute] = &[
    Attribute::string("value", "The number, kept as it was sent."),
    DISPLAY,
    TYPE.suggests(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];

const IMS: &[Attribute] = &[
    Attribute::string("value", "The address."),
    DISPLAY,
    TYPE.suggests(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    PRIMARY,
];

const PHOTOS: &[Attribute] = &[
    Attribute::reference("value", "URL of the picture.", &["external"]),
    DISPLAY,
    TYPE.suggests(&["photo", "thumbnail"]),
    PRIMARY,
];

const ADDRESSES: &[Attribute] = &[
    Attribute::text(
        "formatted",
        "The whole address, ready to print; may have several lines.",
    ),
    Attribute::text(
        "streetAddress",
        "Street, house number, box; may have several lines.",
    ),
    Attribute::string("locality", "City."),
    Attribute::string("region", "State or region."),
    Attribute::string("postalCode", "Postal code."),
    Attribute::string("country", "Country."),
    TYPE.suggests(WORK_HOME_OTHER),
    PRIMARY,
];

const GROUPS: &[Attribute] = &[
    Attribute::string("value", "Id of the group.").exact().read_only(),
    Attribute::reference("$ref", "URL of the group.", &["Group"]).read_only(),
    Attribute::string("display", "Name of the group.").read_only(),
    Attribute::string("type", "Always direct: nested groups are not expanded.")
        .suggests(&["direct"])
        .read_only(),
];

const ENTITLEMENTS: &[Attribute] = &[
    Attribute::string("value", "The entitlement."),
    DISPLAY,
    TYPE,
    PRIMARY,
];

const ROLES: &[Attribute] = &[Attribute::string("value", "The role."), DISPLAY, TYPE, PRIMARY];

const CERTIFICATES: &[Attribute] = &[
    Attribute::binary("value", "DER certificate in base64."),
    DISPLAY,
    TYPE,
    PRIMARY,
];
