//! The calls of Microsoft Graph v1.0 that the portal makes (entra-facts C0, C4, C5). One file per noun.

pub mod assignments;
pub mod error;
pub mod grants;
pub mod me;
pub mod organization;
mod page;
pub mod service_principals;
pub mod throttle;
pub mod users;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::{
    endpoints::Endpoints,
    graph::{
        error::{GraphError, GraphReason},
        throttle::{Retries, Throttle},
    },
    http::{Http, Reply},
};

/// Graph in the name of whoever's token it holds: a person's delegated one, or the application's own. Made for one piece of
/// work: all its calls share one budget of retries (threats T53). Cheap to clone.
#[derive(Clone)]
pub struct Graph {
    endpoints: Endpoints,
    http: Http,
    token: SecretString,
    retries: Retries,
    budget: Arc<AtomicU32>,
    throttle: Option<Throttle>,
}

impl Graph {
    /// Holds a token for Graph; asks nobody.
    pub fn new(endpoints: Endpoints, http: Http, token: impl Into<SecretString>) -> Self {
        let retries = Retries::default();
        let budget = Arc::new(AtomicU32::new(retries.per_handle));
        Self {
            endpoints,
            http,
            token: token.into(),
            retries,
            budget,
            throttle: None,
        }
    }

    /// Tries again so often; a page somebody waits for wants less than a task at night.
    #[must_use]
    pub fn with_retries(mut self, retries: Retries) -> Self {
        self.budget = Arc::new(AtomicU32::new(retries.per_handle));
        self.retries = retries;
        self
    }

    /// Shares with all others of the same tenant when Microsoft wants to be left alone.
    #[must_use]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }

    fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.endpoints.graph_v1(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, GraphError> {
        self.get_with(url, Consistency::Strong).await
    }

    async fn get_with<T: DeserializeOwned>(
        &self,
        url: Url,
        consistency: Consistency,
    ) -> Result<T, GraphError> {
        let reply = self.send(Method::GET, &url, None, consistency).await?;
        reply.json().map_err(GraphError::unreachable)
    }

    async fn post<T: DeserializeOwned>(&self, url: Url, body: &Value) -> Result<T, GraphError> {
        let reply = self
            .send(Method::POST, &url, Some(body), Consistency::Strong)
            .await?;
        reply.json().map_err(GraphError::unreachable)
    }

    async fn patch(&self, url: Url, body: &Value) -> Result<(), GraphError> {
        self.send(Method::PATCH, &url, Some(body), Consistency::Strong)
            .await
            .map(drop)
    }

    async fn delete(&self, url: Url) -> Result<(), GraphError> {
        self.send(Method::DELETE, &url, None, Consistency::Strong)
            .await
            .map(drop)
    }

    /// Sends, and tries again where that is safe and allowed; every wait is one Microsoft asked for, or a growing one.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        body: Option<&Value>,
        consistency: Consistency,
    ) -> Result<Reply, GraphError> {
        let (mut attempt, mut waited) = (0, Duration::ZERO);
        loop {
            self.throttle.as_ref().map_or(Ok(()), Throttle::check)?;
            let request = self.request(method.clone(), url, body, consistency)?;
            let error = match self.http.send(request).await {
                Ok(reply) if reply.is_success() => return Ok(reply),
                Ok(reply) => GraphError::of_reply(&reply, &method),
                Err(why) => GraphError::unreachable(why),
            };
            let Some(wait) = self.wait(&method, attempt, waited, &error) else {
                return Err(error);
            };
            self.http.sleep(wait).await;
            (attempt, waited) = (attempt + 1, waited + wait);
        }
    }

    fn request(
        &self,
        method: Method,
        url: &Url,
        body: Option<&Value>,
        consistency: Consistency,
    ) -> Result<RequestBuilder, GraphError> {
        // The last gate before the token leaves: never to another host (threats T56).
        if !page::same_origin(url, self.endpoints.graph()) {
            return Err(GraphError::own(GraphReason::ForeignLink));
        }
        let mut request = self
            .http
            .client()
            .request(method, url.clone())
            .bearer_auth(self.token.expose_secret());
        if let Consistency::Eventual = consistency {
            request = request.header("ConsistencyLevel", "eventual");
        }
        Ok(match body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    /// How long to wait before the next try; `None` when there is to be none.
    fn wait(&self, method: &Method, attempt: u32, waited: Duration, error: &GraphError) -> Option<Duration> {
        let dice = self.http.random().map_or(u32::MAX, u32::from_le_bytes);
        let wait = self.retries.wait(method, attempt, error, dice);
        if let (Some(throttle), GraphReason::Throttled) = (&self.throttle, error.reason()) {
            throttle.leave_alone(error.retry_after.or(wait).unwrap_or(self.retries.base));
        }
        let wait = wait?;
        if waited + wait > self.retries.longest {
            return None;
        }
        let left = |left: u32| left.checked_sub(1);
        self.budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
            .is_ok()
            .then_some(wait)
    }
}

/// `$search` and `$count` need the slower index (entra-facts C0).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Consistency {
    Strong,
    Eventual,
}

/// A text inside an OData string: a quote is doubled.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
