//! Where lines go: collected in memory, written to standard error by a thread of its own.
//!
//! Writing each line at once would cost a request more than most answers do. Lines wait at most [`PAUSE`]; if the
//! reader of our standard error stalls, lines beyond [`MOST_WAITING`] are dropped and counted instead of holding up
//! requests.

use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::config::{Log as Settings, LogFormat};

/// How long lines are collected before they are written.
const PAUSE: Duration = Duration::from_millis(5);
/// Bytes that may wait for a stalled reader.
const MOST_WAITING: usize = 8 << 20;

/// Crates whose finer levels would print headers or statements (threats T73).
const TELL_TOO_MUCH: [&str; 4] = ["h2", "hyper", "hyper_util", "tokio_postgres"];

/// The log's one door. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Log {
    lines: Arc<Lines>,
    format: LogFormat,
    requests: bool,
}

#[derive(Debug, Default)]
struct Lines {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    dropped: u64,
    writing: bool,
    /// Lines stay in memory, for tests.
    captured: bool,
}

/// One request, as its line tells it: no query string, no header, no body (threats T73).
#[derive(Debug)]
pub struct RequestLine<'a> {
    /// RFC 3339.
    pub time: jiff::Timestamp,
    /// Our own id, also in the answer's `x-request-id`.
    pub id: &'a str,
    /// From a fixed set.
    pub method: &'a str,
    /// The route's template, or a fixed word where no route matched.
    pub route: &'a str,
    /// The answer's status.
    pub status: u16,
    /// Until the answer's head was ready.
    pub duration: Duration,
    /// The directory whose token was shown.
    pub directory: Option<&'a str>,
}

impl Log {
    /// A log that writes to standard error.
    pub fn to_stderr(settings: &Settings) -> Self {
        let log = Self::new(settings, State::default());
        let lines = Arc::clone(&log.lines);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_forever(&lines))
            .map_or_else(|error| eprintln!("no thread for the log: {error}"), drop);
        log
    }

    /// A log that keeps its lines, to be read by [`Log::captured`].
    pub fn to_memory(settings: &Settings) -> Self {
        Self::new(
            settings,
            State {
                captured: true,
                ..State::default()
            },
        )
    }

    fn new(settings: &Settings, state: State) -> Self {
        let lines = Lines {
            state: Mutex::new(state),
            changed: Condvar::new(),
        };
        Self {
            lines: Arc::new(lines),
            format: settings.format,
            requests: settings.requests,
        }
    }

    /// Sends the events of all crates here. Once per process; `level` is `info` or directives.
    ///
    /// # Errors
    /// When `level` cannot be read, or events already go elsewhere.
    pub fn install(&self, level: &str) -> anyhow::Result<()> {
        use anyhow::Context as _;
        let filter = EnvFilter::try_new(level)
            .with_context(|| format!("`log.level` is neither a level nor directives: {level:?}"))?;
        // Below us, the protocols speak of what they carry.
        let filter = TELL_TOO_MUCH.iter().try_fold(filter, |filter, crate_| {
            anyhow::Ok(filter.add_directive(format!("{crate_}=info").parse()?))
        })?;
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(self.clone());
        let installed = match self.format {
            LogFormat::Json => builder
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .try_init(),
            LogFormat::Text => builder.with_ansi(false).try_init(),
        };
        installed.map_err(|error| anyhow::anyhow!("cannot send events to the log: {error}"))?;
        report_panics();
        Ok(())
    }

    /// Writes the line of a request, if requests are logged.
    pub fn request(&self, line: &RequestLine<'_>) {
        if !self.requests {
            return;
        }
        let mut text = String::with_capacity(256);
        let written = match self.format {
            LogFormat::Json => json(&mut text, line),
            LogFormat::Text => plain(&mut text, line),
        };
        if written.is_ok() {
            self.lines.push(text.as_bytes());
        }
    }

    /// Waits until everything written so far is out.
    pub fn flush(&self) {
        let mut state = self.lines.lock();
        while !state.captured && (state.writing || !state.waiting.is_empty()) {
            let waited = self
                .lines
                .changed
                .wait_timeout(state, PAUSE)
                .unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
        }
    }

    /// The lines kept so far by a log to memory.
    pub fn captured(&self) -> String {
        String::from_utf8_lossy(&self.lines.lock().waiting).into_owned()
    }
}

/// Values here come from fixed sets, ids of our own making and route templates: nothing needs escaping.
fn json(text: &mut String, line: &RequestLine<'_>) -> std::fmt::Result {
    write!(
        text,
        r#"{{"timestamp":"{}","level":"INFO","message":"request","request_id":"{}","method":"{}","route":"{}","status":{},"duration_us":{}"#,
        line.time,
        line.id,
        line.method,
        line.route,
        line.status,
        line.duration.as_micros(),
    )?;
    if let Some(directory) = line.directory {
        write!(text, r#","directory":"{directory}""#)?;
    }
    text.write_str("}\n")
}

fn plain(text: &mut String, line: &RequestLine<'_>) -> std::fmt::Result {
    write!(
        text,
        "{} {} {} {} {:.1?}",
        line.time, line.status, line.method, line.route, line.duration
    )?;
    if let Some(directory) = line.directory {
        write!(text, " {directory}")?;
    }
    writeln!(text, " {}", line.id)
}

/// Says where a panic was, not with which values: those may be a person's (threats T73).
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "unknown".to_owned(), ToString::to_string);
        tracing::error!(place, "a fault of ours: panic");
    }));
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.waiting.len() + line.len() > MOST_WAITING {
            state.dropped += 1;
            return;
        }
        let first = state.waiting.is_empty();
        state.waiting.extend_from_slice(line);
        drop(state);
        if first {
            self.changed.notify_all();
        }
    }

    /// Takes what waits, leaving `spare` to be filled.
    fn take(&self, spare: Vec<u8>) -> (Vec<u8>, u64) {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.writing = true;
        (
            std::mem::replace(&mut state.waiting, spare),
            std::mem::take(&mut state.dropped),
        )
    }

    fn written(&self) {
        self.lock().writing = false;
        self.changed.notify_all();
    }
}

fn write_forever(lines: &Lines) {
    let mut spare = Vec::new();
    loop {
        let (mut taken, dropped) = lines.take(spare);
        if dropped > 0 {
            let _ = writeln!(
                taken,
                r#"{{"level":"WARN","message":"log lines dropped","count":{dropped}}}"#
            );
        }
        // Nobody is left to tell when standard error is gone.
        let _ = io::stderr().write_all(&taken);
        taken.clear();
        spare = taken;
        lines.written();
        std::thread::sleep(PAUSE);
    }
}

/// One event of `tracing`, collected whole and then handed over.
#[derive(Debug)]
pub struct Event<'a> {
    lines: &'a Lines,
    text: Vec<u8>,
}

impl Write for Event<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Event<'_> {
    fn drop(&mut self) {
        self.lines.push(&self.text);
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Event<'a>;

    fn make_writer(&'a self) -> Event<'a> {
        Event {
            lines: &self.lines,
            text: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn line() -> RequestLine<'static> {
        RequestLine {
            time: "2026-11-20T12:00:00.5Z".parse().unwrap(),
            id: "req_1",
            method: "GET",
            route: "/scim/v2/{directory}/Users",
            status: 200,
            duration: Duration::from_micros(1234),
            directory: Some("dir_1"),
        }
    }

    fn log(format: LogFormat, requests: bool) -> Log {
        let mut settings = Config::from_sources(None, &[]).unwrap().settings.log;
        (settings.format, settings.requests) = (format, requests);
        Log::to_memory(&settings)
    }

    #[test]
    fn a_request_is_one_json_object_on_one_line() {
        let log = log(LogFormat::Json, true);
        log.request(&line());
        log.request(&RequestLine {
            directory: None,
            ..line()
        });
        let lines = log.captured();
        let parsed: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(parsed.len(), 2);
        assert_eq!(parsed[0]["directory"], "dir_1");
        assert_eq!(parsed[0]["duration_us"], 1234);
        assert_eq!(parsed[1].get("directory"), None);
    }

    #[test]
    fn people_get_plain_lines() {
        let log = log(LogFormat::Text, true);
        log.request(&line());
        assert_eq!(
            log.captured(),
            "2026-11-20T12:00:00.5Z 200 GET /scim/v2/{directory}/Users 1.2ms dir_1 req_1\n"
        );
    }

    #[test]
    fn requests_can_be_left_out() {
        let log = log(LogFormat::Json, false);
        log.request(&line());
        assert_eq!(log.captured(), "");
    }

    #[test]
    fn a_stalled_reader_costs_lines_not_memory() {
        let log = log(LogFormat::Json, true);
        let chunk = vec![b'x'; MOST_WAITING / 4];
        for _ in 0..6 {
            log.lines.push(&chunk);
        }
        let state = log.lines.lock();
        assert_eq!((state.waiting.len(), state.dropped), (MOST_WAITING, 2));
    }
}
