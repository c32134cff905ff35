//! Microsoft Graph as a program sees it, with tokens the identity platform really issued.

use emulator::cloud::{GRAPH_APP_ID, ROLLCALL, TRUU};
use emulator::tenant::TENANT_ID;
use serde_json::Value;
use uuid::Uuid;

use crate::visitor::{SIGN_IN, Visitor};

/// What Rollcall asks for.
pub(crate) const PORTAL: &[&str] = &[
    "User.Read",
    "User.ReadWrite.All",
    "Application.Read.All",
    "AppRoleAssignment.ReadWrite.All",
    "Directory.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
];

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// Status and `error.code`.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (
            self.status,
            self.body["error"]["code"].as_str().unwrap_or_default(),
        )
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        let items = self.body["value"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Somebody with a token.
pub(crate) struct Api<'a> {
    visitor: &'a Visitor,
    http: reqwest::Client,
    token: String,
}

impl<'a> Api<'a> {
    pub(crate) fn with(visitor: &'a Visitor, token: &str) -> Self {
        Self {
            visitor,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            token: token.to_owned(),
        }
    }

    /// Somebody of Contoso, signed in to Rollcall, which was granted these scopes.
    pub(crate) async fn of(visitor: &'a Visitor, upn: &str, scopes: &[&str]) -> Self {
        let contoso = TENANT_ID.to_string();
        let mut granted: Vec<String> = ["openid", "profile"].map(str::to_owned).to_vec();
        granted.extend(scopes.iter().map(|scope| (*scope).to_owned()));
        let cloud = visitor.entra.cloud();
        cloud
            .consent(TENANT_ID, ROLLCALL, None, GRAPH_APP_ID, &granted)
            .unwrap();
        visitor.forget();
        let query = Visitor::rollcall(&granted.join(" "), &[]);
        let picker = visitor.authorize(&contoso, &query).await;
        let done = visitor.choose(&picker, &contoso, upn).await;
        let code = done.back()["code"].clone();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", SIGN_IN),
        ];
        let (status, tokens) = visitor.token(&contoso, ROLLCALL, &fields).await;
        assert_eq!(status, 200, "{tokens}");
        Self::with(visitor, tokens["access_token"].as_str().unwrap())
    }

    /// TruU itself in Contoso, given these application permissions.
    pub(crate) async fn app(visitor: &'a Visitor, permissions: &[&str]) -> Self {
        let cloud = visitor.entra.cloud();
        for name in permissions {
            let role = cloud
                .view()
                .application(GRAPH_APP_ID)
                .unwrap()
                .role_named(name)
                .unwrap()
                .id;
            cloud
                .consent_to_role(TENANT_ID, TRUU, GRAPH_APP_ID, role)
                .unwrap();
        }
        cloud.ensure_service_principal(TENANT_ID, TRUU).unwrap();
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let (status, tokens) = visitor.token(&TENANT_ID.to_string(), TRUU, &fields).await;
        assert_eq!(status, 200, "{tokens}");
        Self::with(visitor, tokens["access_token"].as_str().unwrap())
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answered {
        let url = match path.strip_prefix("http") {
            Some(_) => path.to_owned(),
            None => format!("{}{path}", self.visitor.entra.url()),
        };
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            let text = body.to_string();
            request = request.header("content-type", "application/json").body(text);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answered {
            status,
            headers,
            body,
        }
    }

    /// Whether the answer ends before it should, perhaps before its first byte came.
    pub(crate) async fn breaks_off(&self, path: &str) -> bool {
        let url = format!("{}/v1.0{path}", self.visitor.entra.url());
        match self.http.get(url).bearer_auth(&self.token).send().await {
            Ok(response) => response.text().await.is_err(),
            Err(_) => true,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send("GET", &format!("/v1.0{path}"), &[], None).await
    }

    /// With `ConsistencyLevel: eventual`.
    pub(crate) async fn look(&self, path: &str) -> Answered {
        let headers = [("ConsistencyLevel", "eventual")];
        self.send("GET", &format!("/v1.0{path}"), &headers, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        self.send("POST", &format!("/v1.0{path}"), &[], Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answered {
        self.send("PATCH", &format!("/v1.0{path}"), &[], Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.send("DELETE", &format!("/v1.0{path}"), &[], None).await
    }
}

/// Object id of an application's service principal in Contoso, made if it is not there.
pub(crate) fn principal(visitor: &Visitor, app: Uuid) -> String {
    let id = visitor.entra.cloud().ensure_service_principal(TENANT_ID, app);
    id.unwrap().to_string()
}
