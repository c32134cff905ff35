//! `$batch`: up to twenty requests in one (`entra-facts` C3).

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Graph;
use super::call::Answer;
use super::error::GraphError;
use super::gate::Asked;

const MOST: usize = 20;

/// Answers a batch; its parts carry their own statuses.
pub(super) fn answer(graph: &Graph, asked: &Asked) -> Answer {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let requests = body["requests"].as_array().cloned().unwrap_or_default();
    if asked.method != Method::POST || requests.is_empty() || requests.len() > MOST {
        let error = GraphError::bad(format!(
            "Number of batch request steps must be between 1 and {MOST}."
        ));
        return graph.refused(asked, &error);
    }
    let mut statuses: HashMap<String, StatusCode> = HashMap::new();
    let mut responses = Vec::new();
    for part in &requests {
        let id = part["id"].as_str().unwrap_or_default().to_owned();
        let answer = if failed_before(part, &statuses) {
            let error = GraphError::new(
                StatusCode::FAILED_DEPENDENCY,
                "UnknownError",
                "A request this one depends on failed.",
            );
            graph.refused(asked, &error)
        } else {
            graph.answer(&asked.part(part))
        };
        statuses.insert(id.clone(), answer.status);
        responses.push(written(&id, answer));
    }
    Answer::new(StatusCode::OK, json!({ "responses": responses }))
}

/// Whether something it depends on failed, or was not asked before it.
fn failed_before(part: &Value, statuses: &HashMap<String, StatusCode>) -> bool {
    let needs = part["dependsOn"].as_array().into_iter().flatten();
    needs
        .filter_map(Value::as_str)
        .any(|id| !statuses.get(id).is_some_and(StatusCode::is_success))
}

impl Asked {
    fn part(&self, part: &Value) -> Self {
        let url = part["url"].as_str().unwrap_or_default();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let mut headers = self.headers.clone();
        headers.remove("content-type");
        headers.remove("consistencylevel");
        for (name, value) in part["headers"].as_object().into_iter().flatten() {
            let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
            if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value)
                && name != "authorization"
            {
                headers.insert(name, value);
            }
        }
        let body = if part["body"].is_null() {
            Bytes::new()
        } else {
            Bytes::from(part["body"].to_string())
        };
        Self {
            method: part["method"]
                .as_str()
                .and_then(|name| name.parse().ok())
                .unwrap_or_default(),
            base: self.base.clone(),
            path: format!("/{}", path.trim_start_matches('/')),
            query: query.to_owned(),
            headers,
            body,
        }
    }
}

fn written(id: &str, answer: Answer) -> Value {
    let mut headers: Map<_, _> = answer
        .headers
        .into_iter()
        .map(|(name, value)| (canonical(name.as_str()), Value::from(value)))
        .collect();
    let body = match &answer.text {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => answer.body,
    };
    if !body.is_null() {
        headers.insert("Content-Type".to_owned(), json!("application/json"));
    }
    json!({"id": id, "status": answer.status.as_u16(), "headers": headers, "body": body})
}

/// `Retry-After` rather than `retry-after`: keys of JSON are not compared as headers are.
fn canonical(name: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
