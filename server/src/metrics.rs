//! Figures for `/metrics`. Labels come from fixed sets only: methods, route templates, statuses (threats T74).
//!
//! The registry belongs to the server, not to the process, so that several servers in one test do not mix.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Upper bounds of the duration buckets, in seconds.
const SECONDS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

const METADATA: Metadata<'static> = Metadata::new("rollcall", Level::INFO, None);

/// The registry and its handles. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Parts>);

struct Parts {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// By route template, then by method and status.
    requests: RwLock<HashMap<String, ByAnswer>>,
}

/// By method and status.
type ByAnswer = HashMap<(&'static str, u16), Handles>;

#[derive(Clone)]
struct Handles {
    count: Counter,
    duration: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// An empty registry.
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            // Only an empty list of buckets is refused.
            .unwrap_or_default()
            .build_recorder();
        for (name, unit, text) in [
            (
                "rollcall_requests_total",
                Unit::Count,
                "Requests answered, by route, method and status.",
            ),
            (
                "rollcall_request_duration_seconds",
                Unit::Seconds,
                "Time until an answer's head was ready.",
            ),
            (
                "rollcall_requests_under_way",
                Unit::Count,
                "Requests whose answer is not yet sent.",
            ),
        ] {
            let name = KeyName::from_const_str(name);
            if unit == Unit::Count && name.as_str().ends_with("_total") {
                recorder.describe_counter(name, Some(unit), text.into());
            } else if unit == Unit::Seconds {
                recorder.describe_histogram(name, Some(unit), text.into());
            } else {
                recorder.describe_gauge(name, Some(unit), text.into());
            }
        }
        let handle = recorder.handle();
        Self(Arc::new(Parts {
            recorder,
            handle,
            requests: RwLock::default(),
        }))
    }

    /// Counts an answered request.
    pub fn request(&self, route: &str, method: &'static str, status: u16, duration: Duration) {
        let handles = self.handles(route, method, status);
        handles.count.increment(1);
        handles.duration.record(duration.as_secs_f64());
    }

    /// A counter of another room. `labels` must come from fixed sets.
    pub fn counter(&self, name: &'static str, labels: Vec<Label>) -> Counter {
        self.0
            .recorder
            .register_counter(&Key::from_parts(name, labels), &METADATA)
    }

    /// A gauge of another room. `labels` must come from fixed sets.
    pub fn gauge(&self, name: &'static str, labels: Vec<Label>) -> Gauge {
        self.0
            .recorder
            .register_gauge(&Key::from_parts(name, labels), &METADATA)
    }

    /// The figures in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.handle.render()
    }

    /// Folds recorded durations into their buckets; to be called every few seconds.
    pub fn upkeep(&self) {
        self.0.handle.run_upkeep();
    }

    fn handles(&self, route: &str, method: &'static str, status: u16) -> Handles {
        let known = self.0.requests.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(handles) = known.get(route).and_then(|by| by.get(&(method, status))) {
            return handles.clone();
        }
        drop(known);
        let handles = self.register(route, method, status);
        let mut known = self.0.requests.write().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(route.to_owned())
            .or_default()
            .insert((method, status), handles.clone());
        handles
    }

    fn register(&self, route: &str, method: &'static str, status: u16) -> Handles {
        let labels = vec![
            Label::new("route", route.to_owned()),
            Label::from_static_parts("method", method),
        ];
        let duration = Key::from_parts("rollcall_request_duration_seconds", labels.clone());
        let mut labels = labels;
        labels.push(Label::new("status", status.to_string()));
        let count = Key::from_parts("rollcall_requests_total", labels);
        Handles {
            count: self.0.recorder.register_counter(&count, &METADATA),
            duration: self.0.recorder.register_histogram(&duration, &METADATA),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route_method_and_status() {
        let metrics = Metrics::new();
        metrics.request("/livez", "GET", 200, Duration::from_millis(2));
        metrics.request("/livez", "GET", 200, Duration::from_millis(2));
        metrics.request("/livez", "GET", 503, Duration::from_millis(2));
        let text = metrics.render();
        assert!(
            text.contains(r#"rollcall_requests_total{route="/livez",method="GET",status="200"} 2"#),
            "{text}"
        );
        assert!(
            text.contains(
                r#"rollcall_request_duration_seconds_bucket{route="/livez",method="GET",le="0.0025"} 3"#
            ),
            "{text}"
        );
    }

    #[test]
    fn two_registries_do_not_mix() {
        let (one, two) = (Metrics::new(), Metrics::new());
        one.request("/livez", "GET", 200, Duration::ZERO);
        assert!(!two.render().contains("/livez"));
    }
}
