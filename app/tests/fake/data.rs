//! The made-up data: one organization for each state a directory can be in, and people with difficult names.

use contract::Micros;
use contract::activity::{ActivityEntry, ActivityRow, Change, Ignored, Origin, Outcome, SubjectKind};
use contract::directories::{Directory, Provider, Token};
use contract::health::{Signals, judge, worst};
use contract::onboarding::{Facts, checklist, progress};
use contract::organizations::{App, Organization, OrganizationRow};
use contract::page::Page;
use contract::people::{Attribute, Group, GroupRef, GroupRow, LastSent, Member, User, UserRow};

/// 2026-11-20T12:04:40Z
pub(crate) const NOW: Micros = 1_795_176_280_000_000;
/// What a token looks like; it opens nothing.
pub(crate) const SECRET: &str = "rollcall_scim_8Zr2mXqP0vT5nLk7JcWbY4hGfD1sAe9uQiRoKpN3xVt_4fQ9zA";
const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;
const DAY: Micros = 24 * HOUR;

pub(crate) fn app() -> App {
    App {
        id: "app_0194a0c2d5e67b3c8f10a1b2c3d4e5f6".to_owned(),
        name: "Hero SaaS".to_owned(),
    }
}

pub(crate) fn organization(id: &str, name: &str) -> Organization {
    Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        app: app(),
        created_at: NOW - 30 * DAY,
        looking: None,
    }
}

pub(crate) fn row(organization: &Organization, directories: &[Directory]) -> OrganizationRow {
    let done: Vec<_> = directories.iter().map(|one| progress(&one.steps)).collect();
    OrganizationRow {
        organization: organization.clone(),
        verdict: worst(directories.iter().map(|one| one.health.verdict)),
        users: directories.iter().map(|one| one.users).sum(),
        groups: directories.iter().map(|one| one.groups).sum(),
        last_activity: directories.iter().filter_map(|one| one.last_request).max(),
        steps_done: done
            .into_iter()
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)),
    }
}

pub(crate) fn token(id: &str, name: &str, expires_at: Option<Micros>) -> Token {
    Token {
        id: id.to_owned(),
        name: name.to_owned(),
        last4: "x7Qa".to_owned(),
        created_at: NOW,
        last_used_at: None,
        expires_at,
        revoked_at: None,
    }
}

fn directory(id: &str, organization: &str, provider: Provider, signals: Signals, facts: Facts) -> Directory {
    let id = format!("dir_0194a0c2d5e67b3c8f10a1b2c3d4{id}");
    let signals = Signals {
        now: NOW,
        tokens_alive: signals.tokens_alive.max(1),
        ..signals
    };
    let rows = if signals.last_request.is_some() { 24 } else { 0 };
    let hours = [
        3_u32, 0, 0, 2, 2, 2, 41, 7, 2, 2, 3, 2, 2, 2, 9, 2, 2, 2, 2, 18, 2, 2, 5, 12,
    ];
    Directory {
        endpoint_url: format!("https://rollcall.herosaas.example/scim/v2/{id}"),
        organization: organization.to_owned(),
        provider,
        name: provider.name().to_owned(),
        enabled: !signals.disabled,
        created_at: NOW - 12 * DAY,
        tokens: vec![Token {
            created_at: NOW - 12 * DAY,
            last_used_at: signals.last_request,
            ..token(&format!("tok_{id}"), "First token", None)
        }],
        users: facts.users,
        active_users: facts.active_users,
        groups: facts.groups,
        health: judge(&signals),
        steps: checklist(provider, &facts),
        requests_by_hour: if rows == 0 { vec![0; 24] } else { hours.to_vec() },
        last_request: signals.last_request,
        id,
    }
}

/// What stands there a moment after *Configure*.
pub(crate) fn just_configured(organization: &str, provider: Provider) -> Directory {
    let mut made = directory(
        "new1",
        organization,
        provider,
        Signals::default(),
        Facts::default(),
    );
    made.created_at = NOW;
    made.tokens[0].created_at = NOW;
    made
}

fn synced(users: u64, groups: u64) -> Facts {
    Facts {
        first_request: Some(NOW - 11 * DAY),
        connection_test: Some(NOW - 11 * DAY),
        first_user: Some(NOW - 11 * DAY + 3 * MINUTE),
        on_demand: Some((NOW - 11 * DAY + 3 * MINUTE, "Adele Vance".to_owned())),
        last_cycle: Some(NOW - 40 * SECOND),
        first_group: Some(NOW - 11 * DAY + 9 * MINUTE),
        users,
        active_users: users.saturating_sub(2),
        groups,
        users_with_object_id: users,
        ..Facts::default()
    }
}

fn working() -> Signals {
    Signals {
        last_request: Some(NOW - 40 * SECOND),
        last_ok: Some(NOW - 40 * SECOND),
        first_user: Some(NOW - 11 * DAY),
        ..Signals::default()
    }
}

pub(crate) fn organizations() -> Vec<(Organization, Vec<Directory>)> {
    let entra = Provider::EntraId;
    let mut acme = directory(
        "0001",
        "org_acme",
        entra,
        Signals {
            tokens_alive: 2,
            ..working()
        },
        synced(250, 19),
    );
    acme.tokens.insert(
        0,
        Token {
            last4: "p2Lm".to_owned(),
            created_at: NOW - 2 * DAY,
            ..token("tok_2", "Second token", Some(NOW + 180 * DAY))
        },
    );
    acme.tokens.push(Token {
        revoked_at: Some(NOW - 5 * DAY),
        created_at: NOW - 40 * DAY,
        ..token("tok_0", "Trial", None)
    });
    let tested = Facts {
        first_request: Some(NOW - 4 * MINUTE),
        connection_test: Some(NOW - 4 * MINUTE),
        ..Facts::default()
    };
    let asked = Signals {
        last_request: Some(NOW - 4 * MINUTE),
        last_ok: Some(NOW - 4 * MINUTE),
        ..Signals::default()
    };
    let refused = Signals {
        token_refused: Some((NOW - 9 * MINUTE, 214)),
        last_request: Some(NOW - 3 * HOUR),
        last_ok: Some(NOW - 3 * HOUR),
        first_user: Some(NOW - DAY),
        ..Signals::default()
    };
    let nicknames = Facts {
        users_with_object_id: 4,
        token_refused: Some(NOW - 9 * MINUTE),
        ..synced(31, 2)
    };
    let silent = Signals {
        last_request: Some(NOW - 9 * HOUR),
        last_ok: Some(NOW - 9 * HOUR),
        ..working()
    };
    let partly = Signals {
        refused: Some((NOW - 12 * MINUTE, 3)),
        ..working()
    };
    vec![
        (organization("org_acme", "Acme Corp"), vec![acme]),
        (
            organization("org_contoso", "Contoso"),
            vec![directory("0002", "org_contoso", entra, asked, tested)],
        ),
        (
            organization("org_fabrikam", "Fabrikam"),
            vec![directory("0003", "org_fabrikam", entra, refused, nicknames)],
        ),
        (
            organization("org_litware", "Litware"),
            vec![
                directory("0004", "org_litware", Provider::Okta, silent, synced(84, 6)),
                directory(
                    "0005",
                    "org_litware",
                    Provider::Scim,
                    Signals::default(),
                    Facts::default(),
                ),
            ],
        ),
        (organization("org_northwind", "Northwind Traders"), Vec::new()),
        (
            organization("org_tailspin", "Tailspin Toys"),
            vec![directory(
                "0006",
                "org_tailspin",
                entra,
                Signals {
                    disabled: true,
                    ..working()
                },
                synced(12, 1),
            )],
        ),
        (
            organization("org_wingtip", "Wingtip <script>alert(1)</script> & Söhne"),
            vec![directory("0007", "org_wingtip", entra, partly, synced(1_204, 77))],
        ),
    ]
}

const NAMES: [(&str, &str); 16] = [
    ("adele.vance", "Adele Vance"),
    ("alex.wilber", "Alex Wilber"),
    ("anders.aaberg", "Anders Åberg"),
    ("bianca.pisani", "Bianca Pisani"),
    ("cecil.folk", "Cecil Folk"),
    ("chen.wei", "陈伟"),
    ("diego.siciliani", "Diego Siciliani"),
    ("fatima.alzahra", "فاطمة الزهراء"),
    ("grady.archie", "Grady Archie"),
    ("hostile", "<img src=x onerror=alert(1)> \"&' \u{202e}evil"),
    ("isaiah.langer", "Isaiah Langer"),
    ("johanna.lorenz", "Johanna Lorenz"),
    ("joni.sherman", "Joni Sherman"),
    (
        "lidia.holloway",
        "Lidia Holloway-Bartholomew von und zu Westerwald-Oberstein",
    ),
    ("lynne.robbins", "Lynne Robbins"),
    ("megan.bowen", "Megan Bowen"),
];

fn holds_people(organization: &str) -> bool {
    [
        "org_acme",
        "org_fabrikam",
        "org_litware",
        "org_tailspin",
        "org_wingtip",
    ]
    .contains(&organization)
}

pub(crate) fn users(organization: &str) -> Vec<UserRow> {
    let people = if holds_people(organization) {
        NAMES.as_slice()
    } else {
        &[]
    };
    people
        .iter()
        .zip(0..)
        .map(|((user, name), index)| UserRow {
            id: format!("0194a0c2-d5e6-7b3c-8f10-{index:012}"),
            user_name: format!("{user}@contoso.com"),
            display_name: (index != 4).then(|| (*name).to_owned()),
            email: (index % 5 != 3).then(|| format!("{user}@contoso.com")),
            active: index % 7 != 6,
            updated_at: NOW - index * index * 37 * MINUTE - 40 * SECOND,
        })
        .collect()
}

const BODY: &str = r#"{
  "schemas": [
    "urn:ietf:params:scim:api:messages:2.0:PatchOp"
  ],
  "Operations": [
    {
      "op": "Replace",
      "path": "title",
      "value": "Retail Manager <b>&amp;</b>"
    },
    {
      "op": "Add",
      "path": "emails[type eq \"work\"].value",
      "value": "adele.vance@contoso.com"
    }
  ]
}"#;

pub(crate) fn user(organization: &str, id: &str) -> Option<User> {
    let row = users(organization).into_iter().find(|row| row.id == id)?;
    let attribute = |path: &str, value: &str| Attribute {
        path: path.to_owned(),
        value: value.to_owned(),
    };
    Some(User {
        directory: "dir_1".to_owned(),
        external_id: Some(if row.active {
            "7f1c0a52-93d4-4b5e-a6a7-2d1f00c1b9ee".to_owned()
        } else {
            "adelev".to_owned()
        }),
        entra_object_id: row
            .active
            .then(|| "7f1c0a52-93d4-4b5e-a6a7-2d1f00c1b9ee".to_owned()),
        created_at: NOW - 11 * DAY,
        attributes: vec![
            attribute("name.givenName", "Adele"),
            attribute("name.familyName", "Vance"),
            attribute("title", "Retail Manager"),
            attribute("emails[type eq \"work\"].value", &row.user_name),
            attribute("addresses[type eq \"work\"].locality", "Bellevue"),
            attribute(
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                "Retail",
            ),
        ],
        groups: groups(organization)
            .into_iter()
            .take(3)
            .map(|row| GroupRef {
                id: row.id,
                display_name: row.display_name,
            })
            .collect(),
        history: activity(organization)
            .into_iter()
            .filter(|row| row.subject_kind == SubjectKind::User)
            .take(5)
            .collect(),
        last_sent: Some(LastSent {
            at: NOW - 40 * SECOND,
            method: "PATCH".to_owned(),
            body: BODY.to_owned(),
        }),
        row,
    })
}

pub(crate) fn groups(organization: &str) -> Vec<GroupRow> {
    if !holds_people(organization) {
        return Vec::new();
    }
    [
        "All Employees",
        "Engineering",
        "Mark 8 Project Team",
        "Operations",
        "Retail",
        "Sales <b>EMEA</b>",
    ]
    .into_iter()
    .zip(0..)
    .map(|(name, index)| GroupRow {
        id: format!("0194a0c2-d5e6-7b3c-9f10-{index:012}"),
        display_name: name.to_owned(),
        members: 250 / (index + 1),
        nested_groups: u64::from(index == 1),
        updated_at: NOW - 3 * HOUR,
    })
    .collect()
}

pub(crate) fn group(organization: &str, id: &str) -> Option<Group> {
    let row = groups(organization).into_iter().find(|row| row.id == id)?;
    Some(Group {
        directory: "dir_1".to_owned(),
        external_id: Some("5b4d8a0e-17a3-4f0b-9b0c-63a3b1de4c11".to_owned()),
        created_at: NOW - 11 * DAY,
        members: Page::empty(),
        history: activity(organization)
            .into_iter()
            .filter(|row| row.subject_kind == SubjectKind::Group)
            .collect(),
        last_sent: Some(LastSent {
            at: NOW - 3 * HOUR,
            method: "PATCH".to_owned(),
            body: BODY.to_owned(),
        }),
        row,
    })
}

pub(crate) fn members(organization: &str) -> Vec<Member> {
    let people = users(organization).into_iter().map(|row| Member {
        display: row.display_name.unwrap_or_else(|| row.user_name.clone()),
        detail: Some(row.user_name),
        is_group: false,
        active: row.active,
        id: row.id,
    });
    let nested = groups(organization)
        .into_iter()
        .skip(2)
        .take(1)
        .map(|row| Member {
            id: row.id,
            display: row.display_name,
            detail: None,
            is_group: true,
            active: true,
        });
    nested.chain(people).collect()
}

fn did(id: u32, ago: Micros, action: &str, kind: SubjectKind, name: &str, status: u16) -> ActivityRow {
    let known = matches!(kind, SubjectKind::User | SubjectKind::Group);
    let prefix = if kind == SubjectKind::User { "8" } else { "9" };
    ActivityRow {
        id: id.to_string(),
        at: NOW - ago,
        origin: if status == 0 {
            Origin::Console
        } else {
            Origin::Scim
        },
        action: action.to_owned(),
        status,
        outcome: match status {
            400..500 => Outcome::Refused,
            500.. => Outcome::Failed,
            _ => Outcome::Ok,
        },
        subject_kind: kind,
        subject_id: known.then(|| format!("0194a0c2-d5e6-7b3c-{prefix}f10-000000000000")),
        subject_name: (!name.is_empty()).then(|| name.to_owned()),
        count: 1,
        changed: 0,
        ignored: 0,
        reason: None,
    }
}

pub(crate) fn activity(organization: &str) -> Vec<ActivityRow> {
    if !holds_people(organization) {
        return Vec::new();
    }
    use SubjectKind::{Group as G, None as N, Token as T, User as U};
    let why = "userName “adele.vance@contoso.com” is held by another user of this directory. Change one of the two in Entra.";
    let mut rows = vec![
        ActivityRow {
            changed: 2,
            ignored: 1,
            ..did(412, 40 * SECOND, "update_user", U, "Adele Vance", 200)
        },
        ActivityRow {
            count: 248,
            ..did(411, 41 * SECOND, "find_user", N, "", 200)
        },
        ActivityRow {
            changed: 11,
            ..did(
                410,
                3 * MINUTE,
                "create_user",
                U,
                "<img src=x onerror=alert(1)>",
                201,
            )
        },
        ActivityRow {
            reason: Some(why.to_owned()),
            ..did(409, 4 * MINUTE, "create_user", U, "Adele Vance", 409)
        },
        ActivityRow {
            changed: 1,
            ..did(408, 5 * MINUTE, "add_members", G, "All Employees", 204)
        },
        ActivityRow {
            changed: 1,
            ..did(407, 22 * MINUTE, "disable_user", U, "Diego Siciliani", 200)
        },
        did(406, 3 * HOUR, "create_token", T, "Second token", 0),
        ActivityRow {
            reason: Some("The database did not answer within 5 s.".to_owned()),
            ..did(405, 7 * HOUR, "update_user", U, "Grady Archie", 503)
        },
        did(404, DAY, "connection_test", N, "", 200),
        did(403, 2 * DAY, "some_new_word", N, "", 200),
    ];
    rows.extend((0..12).map(|index| ActivityRow {
        changed: 9,
        ..did(400 - index, 3 * DAY, "create_user", U, "Lynne Robbins", 201)
    }));
    rows
}

pub(crate) fn entry(organization: &str, id: &str) -> Option<ActivityEntry> {
    let row = activity(organization).into_iter().find(|row| row.id == id)?;
    let change = |path: &str, old: Option<&str>, new: Option<&str>| Change {
        path: path.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let changed = row.changed > 0;
    Some(ActivityEntry {
        changes: if changed {
            vec![
                change(
                    "title",
                    Some("Sales Assistant"),
                    Some("Retail Manager <b>&amp;</b>"),
                ),
                change(
                    "emails[type eq \"work\"].value",
                    None,
                    Some("adele.vance@contoso.com"),
                ),
                change(
                    "phoneNumbers[type eq \"fax\"].value",
                    Some("+1 425 555 0109"),
                    None,
                ),
            ]
        } else {
            Vec::new()
        },
        ignored: if row.ignored > 0 {
            vec![Ignored {
                path: "urn:contoso:params:scim:schemas:1.0:User:shoeSize".to_owned(),
                reason:
                    "No schema of this name is known here. Map it to an attribute of User, or leave it out."
                        .to_owned(),
            }]
        } else {
            Vec::new()
        },
        request: (row.status > 0 && row.count == 1).then(|| BODY.to_owned()),
        duration_us: 3_412,
        reference: Some("req-5c0d1f".to_owned()),
        row,
    })
}
