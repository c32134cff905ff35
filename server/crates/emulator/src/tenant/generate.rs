//! A tenant from a seed: the same options give the same people, to the last object id.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::identity::Identity;
use super::model::{Group, ObjectId, Property, User};
use super::names::{CULTURES, Culture, DEPARTMENTS, GROUPS};
use crate::rng::Rng;

/// How big a tenant is made, and from which seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantOptions {
    /// Users, guests and disabled ones included.
    pub users: usize,
    /// Groups; the first 20 are Contoso's own, further ones are numbered teams.
    pub groups: usize,
    /// Direct members of every group; `None` gives Contoso's own mixture (everybody, departments, offices, one
    /// nested, one empty).
    pub members_per_group: Option<usize>,
    /// Decides everything that looks random.
    pub seed: u64,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            users: 250,
            groups: 20,
            members_per_group: None,
            seed: 1,
        }
    }
}

/// One person whose name is an attack on whoever prints it unescaped.
pub const HOSTILE_NAME: &str = "<img src=x onerror=alert(1)>";

/// What was made, and the addresses given out, so that nobody hired later gets one that somebody had.
pub(super) struct Generated {
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
    pub(super) taken: HashMap<String, usize>,
}

pub(super) fn generate(identity: &Identity, options: &TenantOptions, now: Timestamp) -> Generated {
    let mut rng = Rng::new(options.seed);
    let created = now - SignedDuration::from_hours(24 * 90);
    let mut taken = HashMap::new();
    let users = people(identity, options.users, &mut rng, &mut taken, created);
    let groups = teams(identity, options, &users, &mut rng, created);
    Generated { users, groups, taken }
}

fn people(
    identity: &Identity,
    count: usize,
    rng: &mut Rng,
    taken: &mut HashMap<String, usize>,
    created: Timestamp,
) -> Vec<User> {
    let mut users: Vec<User> = Vec::with_capacity(count);
    for place in 0..count {
        let culture = if place == 0 {
            &CULTURES[0]
        } else {
            &CULTURES[rng.below(CULTURES.len())]
        };
        let mut user = person(&identity.domain, place, culture, rng, taken, created);
        elsewhere(&mut user, place, &identity.other_domain());
        user.manager = manager_of(place, &user, &users);
        users.push(user);
    }
    users
}

/// A tree of eight reports each; guests have no manager.
fn manager_of(place: usize, user: &User, before: &[User]) -> Option<ObjectId> {
    if user.guest || place == 0 {
        return None;
    }
    before[..=(place - 1) / 8]
        .iter()
        .rev()
        .find(|boss| !boss.guest && boss.account_enabled)
        .map(|boss| boss.id)
}

/// A new person of a random language; `taken` counts the addresses given out so far.
pub(super) fn person(
    domain: &str,
    place: usize,
    culture: &Culture,
    rng: &mut Rng,
    taken: &mut HashMap<String, usize>,
    created: Timestamp,
) -> User {
    let (given, given_ascii) = culture.given[rng.below(culture.given.len())];
    let (family, family_ascii) = culture.family[rng.below(culture.family.len())];
    let nick = address(given_ascii, family_ascii, taken);
    let display = if culture.family_first {
        format!("{family}{given}")
    } else {
        format!("{given} {family}")
    };
    let (department, titles) = DEPARTMENTS[if place == 0 {
        0
    } else {
        1 + rng.below(DEPARTMENTS.len() - 1)
    }];
    let mut user = User::new(ObjectId(rng.uuid()), created)
        .with(Property::UserPrincipalName, &format!("{nick}@{domain}"))
        .with(
            Property::DisplayName,
            if place == 13 { HOSTILE_NAME } else { &display },
        )
        .with(Property::GivenName, given)
        .with(Property::Surname, family)
        .with(Property::Mail, &format!("{nick}@{domain}"))
        .with(Property::MailNickname, &nick)
        .with(Property::JobTitle, titles[rng.below(titles.len())])
        .with(Property::Department, department)
        .with(Property::PreferredLanguage, culture.language)
        .with(Property::EmployeeId, &format!("E{:05}", 10_001 + place));
    office(&mut user, place, culture, rng);
    peculiarities(&mut user, place, &nick);
    user
}

/// `given.family`, with a number when somebody has it already.
fn address(given: &str, family: &str, taken: &mut HashMap<String, usize>) -> String {
    let nick = format!("{given}.{family}");
    let before = taken.entry(nick.clone()).and_modify(|n| *n += 1).or_insert(0);
    if *before == 0 {
        nick
    } else {
        format!("{nick}{}", *before + 1)
    }
}

fn office(user: &mut User, place: usize, culture: &Culture, rng: &mut Rng) {
    user.set(Property::City, Some(culture.city));
    user.set(Property::Country, Some(culture.country));
    if place % 3 != 2 {
        user.set(Property::StreetAddress, Some(culture.street));
        user.set(Property::PostalCode, Some(&format!("{:05}", rng.below(100_000))));
        user.set(
            Property::PhysicalDeliveryOfficeName,
            Some(&format!("{} {}", culture.city, 1 + rng.below(40))),
        );
    }
    if culture.language == "en-US" {
        user.set(Property::State, Some("WA"));
    }
    if place.is_multiple_of(2) {
        user.set(
            Property::TelephoneNumber,
            Some(&format!("{} {:04}", culture.dial, rng.below(10_000))),
        );
    }
    if place % 5 == 1 {
        user.set(
            Property::Mobile,
            Some(&format!("{} {:04}", culture.dial, rng.below(10_000))),
        );
    }
    if place % 40 == 7 {
        user.set(
            Property::FacsimileTelephoneNumber,
            Some(&format!("{} {:04}", culture.dial, rng.below(10_000))),
        );
    }
}

/// Guests, disabled accounts and cloud-only users without a mailbox (A6: their `mail` is null).
fn peculiarities(user: &mut User, place: usize, nick: &str) {
    if place % 25 == 24 {
        user.guest = true;
        user.set(
            Property::UserPrincipalName,
            Some(&format!("{nick}_fabrikam.com#EXT#@contoso.onmicrosoft.com")),
        );
        user.set(Property::MailNickname, Some(&format!("{nick}_fabrikam.com#EXT#")));
        user.set(Property::Mail, Some(&format!("{nick}@fabrikam.com")));
        user.set(Property::EmployeeId, None);
    }
    if place % 20 == 19 {
        user.account_enabled = false;
    }
    if place % 9 == 8 && !user.guest {
        user.set(Property::Mail, None);
    }
}

/// One in 25 has an address of the other domain.
fn elsewhere(user: &mut User, place: usize, domain: &str) {
    if place % 25 != 11 {
        return;
    }
    for property in [Property::UserPrincipalName, Property::Mail] {
        let local = user.get(property).and_then(|text| text.split('@').next());
        let address = local.map(|local| format!("{local}@{domain}"));
        user.set(property, address.as_deref());
    }
}

fn teams(
    identity: &Identity,
    options: &TenantOptions,
    users: &[User],
    rng: &mut Rng,
    created: Timestamp,
) -> Vec<Group> {
    let mut groups: Vec<Group> = (0..options.groups)
        .map(|place| team(place, rng, created))
        .collect();
    for (place, group) in groups.iter_mut().enumerate() {
        group.members = match options.members_per_group {
            Some(count) => sample(users, count, rng),
            None => contoso_members(place, group, users, rng),
        };
    }
    if options.members_per_group.is_none() {
        let board = groups
            .iter()
            .find(|group| group.display_name == "Board")
            .map(|group| group.id);
        let leadership = groups.iter_mut().find(|group| group.display_name == "Leadership");
        if let (Some(board), Some(leadership)) = (board, leadership) {
            leadership.members.insert(board);
        }
    }
    for group in &mut groups {
        group.display_name = group.display_name.replace("Contoso", &identity.name);
    }
    groups
}

fn team(place: usize, rng: &mut Rng, created: Timestamp) -> Group {
    let (display_name, description) = match GROUPS.get(place) {
        Some((name, description)) => ((*name).to_owned(), (*description).to_owned()),
        None => (format!("Team {:04}", place + 1), "A numbered team".to_owned()),
    };
    let id = ObjectId(rng.uuid());
    Group {
        id,
        display_name,
        description,
        security_enabled: true,
        members: BTreeSet::new(),
        created,
    }
}

fn contoso_members(place: usize, group: &Group, users: &[User], rng: &mut Rng) -> BTreeSet<ObjectId> {
    let in_department = |user: &&User| user.get(Property::Department) == Some(&group.display_name);
    let in_office = |user: &&User| {
        user.get(Property::City)
            .is_some_and(|city| group.description.contains(office_in_english(city)))
    };
    match group.display_name.as_str() {
        "All Contoso" => users.iter().map(|user| user.id).collect(),
        "Contractors (new)" => BTreeSet::new(),
        "Board" | "TOTAL-Admin" => sample(users, 5, rng),
        "Leadership" => sample(users, 3, rng),
        _ if place >= GROUPS.len() => sample(users, 4 + rng.below(30), rng),
        _ if place >= 13 => users.iter().filter(in_office).map(|user| user.id).collect(),
        _ => users.iter().filter(in_department).map(|user| user.id).collect(),
    }
}

fn office_in_english(city: &str) -> &str {
    match city {
        "München" => "Munich",
        "Αθήνα" => "Athens",
        "Київ" => "Kyiv",
        "القاهرة" => "Cairo",
        "東京" => "Tokyo",
        "กรุงเทพฯ" => "Bangkok",
        other => other,
    }
}

fn sample(users: &[User], count: usize, rng: &mut Rng) -> BTreeSet<ObjectId> {
    let count = count.min(users.len());
    if count * 2 > users.len() {
        let from = rng.below(users.len().max(1));
        return users
            .iter()
            .cycle()
            .skip(from)
            .take(count)
            .map(|user| user.id)
            .collect();
    }
    let mut chosen = BTreeSet::new();
    while chosen.len() < count {
        chosen.insert(users[rng.below(users.len())].id);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contoso() -> (Vec<User>, Vec<Group>) {
        of(&TenantOptions::default())
    }

    fn of(options: &TenantOptions) -> (Vec<User>, Vec<Group>) {
        let Generated { users, groups, .. } = generate(&Identity::default(), options, Timestamp::UNIX_EPOCH);
        (users, groups)
    }

    #[test]
    fn the_same_seed_gives_the_same_tenant() {
        assert_eq!(contoso(), contoso());
        let other = of(&TenantOptions {
            seed: 2,
            ..Default::default()
        });
        assert_ne!(contoso().0[0].id, other.0[0].id);
    }

    #[test]
    fn contoso_has_every_peculiarity_a_directory_has() {
        let (users, groups) = contoso();
        assert_eq!((users.len(), groups.len()), (250, 20));
        let count = |test: &dyn Fn(&User) -> bool| users.iter().filter(|user| test(user)).count();
        assert_eq!(count(&|user| user.guest && user.upn().contains("#EXT#")), 10);
        assert_eq!(count(&|user| user.upn().ends_with("@contoso-emea.com")), 10);
        assert_eq!(count(&|user| !user.account_enabled), 12);
        assert!(count(&|user| user.get(Property::Mail).is_none()) > 20);
        assert_eq!(count(&|user| user.manager.is_some()), 250 - 10 - 1);
        assert_eq!(count(&|user| user.display_name() == HOSTILE_NAME), 1);
        assert!(count(&|user| user.get(Property::Surname).unwrap_or("").contains('\'')) > 0);
        for script in ['Ε', 'О', 'ف', 'נ', '王', '佐', 'ส', 'é'] {
            assert!(
                count(&|user| user.display_name().contains(script)) > 0,
                "nobody is written with {script}"
            );
        }
        assert!(groups.iter().any(|group| group.members.is_empty()));
        let nested = groups.iter().flat_map(|group| &group.members);
        assert_eq!(
            nested
                .filter(|id| groups.iter().any(|group| group.id == **id))
                .count(),
            1
        );
        assert_eq!(groups[0].members.len(), 250);
    }

    #[test]
    fn names_are_unique_where_the_matching_needs_them() {
        let options = TenantOptions {
            users: 5000,
            groups: 60,
            members_per_group: Some(50),
            seed: 3,
        };
        let (users, groups) = of(&options);
        assert_eq!(
            users
                .iter()
                .map(|user| user.upn().to_lowercase())
                .collect::<BTreeSet<_>>()
                .len(),
            5000
        );
        assert_eq!(
            groups
                .iter()
                .map(|group| &group.display_name)
                .collect::<BTreeSet<_>>()
                .len(),
            60
        );
        assert!(groups.iter().all(|group| group.members.len() == 50));
    }

    #[test]
    fn managers_form_a_tree() {
        let (users, _) = contoso();
        let place: HashMap<_, _> = users
            .iter()
            .enumerate()
            .map(|(place, user)| (user.id, place))
            .collect();
        for (own, user) in users.iter().enumerate() {
            assert!(user.manager.is_none_or(|boss| place[&boss] < own));
        }
    }
}
