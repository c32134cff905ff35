//! People of the tenant.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::graph::{Consistency, Graph, assignments::AppRoleAssignment, error::GraphError, page::Page};

/// A person. What was not asked for or may not be seen is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id: the `oid` of tokens.
    pub id: String,
    /// The user principal name.
    pub user_principal_name: Option<String>,
    /// The name to show.
    pub display_name: Option<String>,
    /// The address; empty for people without a mailbox.
    pub mail: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    /// Whether the account may sign in.
    pub account_enabled: Option<bool>,
}

/// A person to be made. `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The name to show.
    pub display_name: &'a str,
    /// In a verified domain of the tenant.
    pub user_principal_name: &'a str,
    /// The part before the `@`, usually.
    pub mail_nickname: &'a str,
    /// The first password.
    pub password: &'a SecretString,
    /// Whether it has to be changed at the first sign-in; a service account cannot.
    pub must_change_password: bool,
}

impl User {
    pub(crate) const SELECT: &str = "id,userPrincipalName,displayName,mail,userType,accountEnabled";

    /// Whether Graph says that this is a guest.
    pub fn is_guest(&self) -> bool {
        self.user_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("guest"))
    }
}

impl Graph {
    /// `GET /users?$search=…`: people whose name, user principal name or address has a word that begins like this, or
    /// anybody for an empty text; at most `top` (1 to 999). Least permission: User.ReadBasic.All; User.Read.All for
    /// `accountEnabled` and `userType`.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn search_users(&self, text: &str, top: u16) -> Result<Vec<User>, GraphError> {
        let (search, top) = (search(text.trim()), top.clamp(1, 999).to_string());
        let mut query = vec![("$select", User::SELECT), ("$top", top.as_str())];
        let mut consistency = Consistency::Strong;
        if !text.trim().is_empty() {
            query.extend([("$search", search.as_str()), ("$count", "true")]);
            consistency = Consistency::Eventual;
        }
        let page: Page<User> = self.get_with(self.url(&["users"], &query), consistency).await?;
        Ok(page.value)
    }

    /// `GET /users/{id or user principal name}`. Least permission: User.ReadBasic.All; User.Read.All for `accountEnabled`
    /// and `userType`.
    ///
    /// # Errors
    /// [`GraphError`]; `NotFound` when there is no such person, or not yet on this replica.
    pub async fn user(&self, id_or_upn: &str) -> Result<User, GraphError> {
        self.get(self.url(&["users", id_or_upn], &[("$select", User::SELECT)]))
            .await
    }

    /// `POST /users`: an enabled member. Least permission: User.ReadWrite.All, and the directory role User Administrator.
    ///
    /// # Errors
    /// [`GraphError`]; `AlreadyExists` when the user principal name is taken.
    pub async fn create_user(&self, user: &NewUser<'_>) -> Result<User, GraphError> {
        let body = json!({
            "accountEnabled": true,
            "displayName": user.display_name,
            "mailNickname": user.mail_nickname,
            "userPrincipalName": user.user_principal_name,
            "passwordProfile": {
                "forceChangePasswordNextSignIn": user.must_change_password,
                "password": user.password.expose_secret(),
            },
        });
        self.post(self.url(&["users"], &[]), &body).await
    }

    /// `DELETE /users/{id}`: into the bin, for thirty days. Least permission: User.ReadWrite.All, and the directory role
    /// User Administrator.
    ///
    /// # Errors
    /// [`GraphError`]; `NotFound` when it is gone already.
    pub async fn delete_user(&self, id: &str) -> Result<(), GraphError> {
        self.delete(self.url(&["users", id], &[])).await
    }

    /// `GET /users/{id}/appRoleAssignments`: every app role the person holds, directly. Least permission:
    /// Application.Read.All (entra-facts C4).
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn users_app_role_assignments(&self, user: &str) -> Result<Vec<AppRoleAssignment>, GraphError> {
        self.list(
            self.url(&["users", user, "appRoleAssignments"], &[]),
            Consistency::Strong,
        )
        .await
    }
}

/// Inside `$search`, quotes and backslashes are escaped.
fn search(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    ["displayName", "userPrincipalName", "mail"]
        .map(|name| format!("\"{name}:{text}\""))
        .join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_cannot_leave_its_quotes() {
        assert_eq!(
            search(r#"a" OR "x:\"#),
            r#""displayName:a\" OR \"x:\\" OR "userPrincipalName:a\" OR \"x:\\" OR "mail:a\" OR \"x:\\""#
        );
    }
}
