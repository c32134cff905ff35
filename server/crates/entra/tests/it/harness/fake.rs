//! The server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Response, header::CONTENT_TYPE},
};
use serde_json::Value;
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn query(&self) -> HashMap<String, String> {
        pairs(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    pub(crate) fn form(&self) -> HashMap<String, String> {
        pairs(&self.body)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn pairs(text: &str) -> HashMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

type Answer = Box<dyn FnMut(&Seen) -> Response<Body> + Send>;

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let answer: Answer = Box::new(|_| status(500));
        let fake = Self {
            base,
            seen: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
        };
        let router = Router::new().fallback(take).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// From now on answers like this.
    pub(crate) fn answer(&self, answer: impl FnMut(&Seen) -> Response<Body> + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// From now on answers these, one after the other, and then 500.
    pub(crate) fn answers(&self, answers: Vec<Response<Body>>) {
        let mut answers = answers.into_iter();
        self.answer(move |_| answers.next().unwrap_or_else(|| status(500)));
    }

    /// What was asked since the last time.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// The one thing that was asked since the last time.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.into_iter().next().unwrap()
    }
}

async fn take(State(fake): State<Fake>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let seen = Seen {
        method: head.method.to_string(),
        target: head.uri.path_and_query().unwrap().to_string(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let response = fake.answer.lock().unwrap()(&seen);
    fake.seen.lock().unwrap().push(seen);
    response
}

pub(crate) fn json(status: u16, body: &Value) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json");
    response.body(Body::from(body.to_string())).unwrap()
}

pub(crate) fn status(status: u16) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}
