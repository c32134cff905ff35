//! The console's addresses, each made in one place.

/// An address within the portal, built piece by piece; every piece from outside is percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// A path of fixed text.
    pub fn to(path: &str) -> Self {
        Link(path.to_owned())
    }

    /// One more segment.
    pub fn down(mut self, segment: &str) -> Self {
        self.0.push('/');
        encode(segment, &mut self.0);
        self
    }

    /// One more query parameter; an empty value leaves it out.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push(if self.0.contains('?') { '&' } else { '?' });
            self.0.push_str(name);
            self.0.push('=');
            encode(value, &mut self.0);
        }
        self
    }

    /// The place on the page to show.
    pub fn at(mut self, id: &str) -> Self {
        self.0.push('#');
        self.0.push_str(id);
        self
    }

    /// The address as text, for `href`.
    pub fn href(self) -> String {
        self.0
    }
}

/// RFC 3986's unreserved characters stand for themselves, everything else as `%XX` of its UTF-8 bytes.
fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// Where those without a session are told how to get one.
pub fn signed_out() -> Link {
    Link::to("/signed-out")
}

/// Where a session is ended; the server answers it.
pub fn sign_out() -> Link {
    Link::to("/sign-out")
}

/// The list of organizations.
pub fn organizations() -> Link {
    Link::to("/organizations")
}

/// The form for a new organization.
pub fn new_organization() -> Link {
    Link::to("/organizations/new")
}

/// One organization's pages.
pub fn organization(organization: &str) -> Link {
    organizations().down(organization)
}

/// The Directory Sync tab; within a setup session, its own page of it.
pub fn directory_sync(organization_id: &str) -> Link {
    match crate::asked::setup() {
        Some(_) => setup().down("directory-sync"),
        None => organization(organization_id).down("directory-sync"),
    }
}

/// The Onboarding tab; within a setup session, its own page of it.
pub fn erp(organization_id: &str) -> Link {
    match crate::asked::setup() {
        Some(_) => setup().down("onboarding"),
        None => organization(organization_id).down("onboarding"),
    }
}

/// The Setup links tab.
pub fn setup_links(organization_id: &str) -> Link {
    organization(organization_id).down("setup-links")
}

/// The home of a setup session; by POST, where a setup link is redeemed.
pub fn setup() -> Link {
    Link::to("/setup")
}

/// Where people sign in with Microsoft; the server answers it.
pub fn sign_in() -> Link {
    Link::to("/sign-in")
}

/// Where a tenant's admin signs in with Microsoft; the server answers it.
pub fn admin_sign_in() -> Link {
    Link::to("/admin/sign-in")
}

/// Where admin consent begins; the server answers it.
pub fn consent() -> Link {
    Link::to("/consent")
}

/// Where the test sign-in begins; the server answers it.
pub fn test_sign_in() -> Link {
    Link::to("/test-sign-in")
}

/// The people of the only app, or the choice of an app.
pub fn staff_door() -> Link {
    Link::to("/people")
}

/// The people of an app.
pub fn staff(app: &str) -> Link {
    Link::to("/apps").down(app).down("people")
}

/// A page of Microsoft's for administrators, by the name it has there.
pub fn entra(blade: &str) -> String {
    let asked = crate::asked::Asked::here();
    let center = asked.map_or_else(
        || "https://entra.microsoft.com".into(),
        |asked| asked.admin_center,
    );
    format!("{center}/#view/{blade}")
}

/// A path of ours that an address or a form names; never another host.
pub fn ours(page: &str) -> Option<Link> {
    let ours = page.starts_with('/')
        && !page.starts_with("//")
        && !page.contains(|character: char| character == '\\' || character.is_control());
    ours.then(|| Link::to(page))
}

/// The Directory Sync tab, showing one directory of several.
pub fn directory(organization_id: &str, directory: &str) -> Link {
    directory_sync(organization_id).with("directory", directory)
}

/// The list of providers.
pub fn providers(organization_id: &str) -> Link {
    directory_sync(organization_id).down("providers")
}

/// The Users tab.
pub fn users(organization_id: &str) -> Link {
    organization(organization_id).down("users")
}

/// One user.
pub fn user(organization_id: &str, user: &str) -> Link {
    users(organization_id).down(user)
}

/// The Users tab's rows as a file; the server answers it.
pub fn users_csv(organization_id: &str) -> Link {
    organization(organization_id).down("users.csv")
}

/// The Groups tab.
pub fn groups(organization_id: &str) -> Link {
    organization(organization_id).down("groups")
}

/// One group.
pub fn group(organization_id: &str, group: &str) -> Link {
    groups(organization_id).down(group)
}

/// The Activity tab.
pub fn activity(organization_id: &str) -> Link {
    organization(organization_id).down("activity")
}

/// One entry of the activity.
pub fn activity_entry(organization_id: &str, entry: &str) -> Link {
    activity(organization_id).down(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_leave_its_place() {
        let link = user("org_1", "../../x?y#z")
            .with("search", "a&b=c \"é")
            .with("empty", "");
        let expected = "/organizations/org_1/users/..%2F..%2Fx%3Fy%23z?search=a%26b%3Dc%20%22%C3%A9";
        assert_eq!(link.href(), expected);
    }

    #[test]
    fn parameters_follow_one_another() {
        assert_eq!(
            users("o").with("a", "1").with("b", "2").at("x").href(),
            "/organizations/o/users?a=1&b=2#x"
        );
    }
}
