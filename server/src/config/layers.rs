//! Reads the three layers into one table. The defaults say which settings exist and of which kind they are, so a
//! misspelt name or a wrong kind is found here, with the line or the variable it stands in.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{
    Table, Value,
    de::{DeTable, DeValue},
};

use super::{ConfigError, DEFAULTS, Settings};

/// What our variables begin with.
pub(super) const PREFIX: &str = "ROLLCALL_";
/// Names the settings file.
const FILE_VARIABLE: &str = "ROLLCALL_CONFIG";
/// Settings whose value is a secret, so that `_FILE` is offered.
const SECRETS: [&str; 2] = ["ROLLCALL_DATABASE_URL", "ROLLCALL_ENTRA_CLIENT_SECRET"];

/// The settings after all three layers, and the variables with our prefix that are none.
///
/// A variable close to a setting's is a slip and stops the start. One unlike any is somebody else's: tools around us
/// share the prefix, so it is only reported.
pub(super) fn read(
    file: Option<&Path>,
    environment: &[(String, String)],
) -> Result<(Settings, Vec<String>), ConfigError> {
    let mut table = defaults();
    let mut ignored = Vec::new();
    let named = environment
        .iter()
        .find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
    let file = file
        .map(Path::to_path_buf)
        .or_else(|| named.map(|(_, value)| PathBuf::from(value)));
    if let Some(path) = file {
        apply_file(&mut table, &path)?;
    }
    for (name, value) in environment {
        match apply_variable(&mut table, name, value, environment) {
            Err(ConfigError::Unknown { hint, .. }) if hint.is_empty() => ignored.push(name.clone()),
            other => other?,
        }
    }
    // The layers were checked against the defaults, so only an enumeration's word can still be wrong.
    let settings = Settings::deserialize(table).map_err(|error| ConfigError::Senseless {
        name: "log.format",
        why: format!("must be `json` or `text` ({})", error.message()),
    })?;
    Ok((settings, ignored))
}

#[expect(
    clippy::expect_used,
    reason = "compiled in, and read by every test of this file"
)]
fn defaults() -> Table {
    DEFAULTS.parse().expect("config.default.toml is TOML")
}

fn apply_file(table: &mut Table, path: &Path) -> Result<(), ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        path: path.into(),
        cause,
    })?;
    let parsed = DeTable::parse(&text).map_err(|error| ConfigError::NotToml {
        path: path.into(),
        why: error.to_string(),
    })?;
    let source = Source { path, text: &text };
    merge(table, parsed.get_ref(), "", &source)
}

/// A settings file, for naming places in it.
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn place(&self, offset: usize) -> String {
        let line = self.text[..offset].matches('\n').count() + 1;
        format!("{} line {line}", self.path.display())
    }
}

fn merge(
    table: &mut Table,
    from: &DeTable<'_>,
    prefix: &str,
    source: &Source<'_>,
) -> Result<(), ConfigError> {
    for (key, value) in from {
        let name = format!("{prefix}{}", key.get_ref());
        let place = || source.place(key.span().start);
        let known = table
            .get_mut(key.get_ref().as_ref())
            .ok_or_else(|| ConfigError::Unknown {
                place: place(),
                name: name.clone(),
                hint: hint(&name, &paths()),
            })?;
        match (known, value.get_ref()) {
            (Value::Table(inner), DeValue::Table(found)) => merge(inner, found, &format!("{name}."), source)?,
            (known, found) => *known = converted(known, found, &name, place)?,
        }
    }
    Ok(())
}

/// The file's value, if it is of the kind the default has.
fn converted(
    known: &Value,
    found: &DeValue<'_>,
    name: &str,
    place: impl Fn() -> String,
) -> Result<Value, ConfigError> {
    let wrong = || ConfigError::WrongType {
        place: place(),
        name: name.to_owned(),
        wanted: kind(known),
        found: found.type_str().to_owned(),
    };
    match (known, found) {
        (Value::String(_), DeValue::String(text)) => Ok(Value::String(text.to_string())),
        (Value::Boolean(_), DeValue::Boolean(flag)) => Ok(Value::Boolean(*flag)),
        (Value::Integer(_), DeValue::Integer(number)) => {
            whole(number.as_str(), number.radix()).ok_or_else(wrong)
        }
        (Value::Array(_), DeValue::Array(items)) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(|text| Value::String(text.to_owned())))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array)
            .ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// A number that is not negative and fits 32 bits, as every number among our settings does.
fn whole(text: &str, radix: u32) -> Option<Value> {
    u32::from_str_radix(&text.replace('_', ""), radix)
        .ok()
        .map(|number| Value::Integer(number.into()))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "a whole number that is not negative",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list of strings",
        _ => "a table",
    }
}

fn apply_variable(
    table: &mut Table,
    name: &str,
    value: &str,
    environment: &[(String, String)],
) -> Result<(), ConfigError> {
    if name == FILE_VARIABLE || set_by_kubernetes(name) {
        return Ok(());
    }
    if let Some(secret) = name
        .strip_suffix("_FILE")
        .filter(|secret| SECRETS.contains(secret))
    {
        if environment.iter().any(|(other, _)| other == secret) {
            return Err(ConfigError::Twice {
                name: secret.to_owned(),
            });
        }
        let path = PathBuf::from(value);
        let text = std::fs::read_to_string(&path).map_err(|cause| ConfigError::SecretUnreadable {
            name: name.to_owned(),
            path,
            cause,
        })?;
        return set(table, secret, text.trim());
    }
    set(table, name, value)
}

/// A service named `rollcall` makes Kubernetes set these for every pod beside it; they are not meant for us.
fn set_by_kubernetes(name: &str) -> bool {
    name.starts_with("ROLLCALL_SERVICE_") || name == "ROLLCALL_PORT" || name.starts_with("ROLLCALL_PORT_")
}

fn set(table: &mut Table, variable: &str, text: &str) -> Result<(), ConfigError> {
    let slot = paths().into_iter().find(|path| variable_of(path) == variable);
    let slot = slot
        .as_deref()
        .and_then(|path| lookup(table, path))
        .ok_or_else(|| ConfigError::Unknown {
            place: "environment".to_owned(),
            name: variable.to_owned(),
            hint: hint(
                variable,
                &paths().iter().map(|path| variable_of(path)).collect::<Vec<_>>(),
            ),
        })?;
    let wrong = || ConfigError::WrongType {
        place: "environment".to_owned(),
        name: variable.to_owned(),
        wanted: kind(slot),
        // A value may be a secret, so it is not repeated.
        found: "what was given".to_owned(),
    };
    let value = match slot {
        Value::Integer(_) => whole(text.trim(), 10).ok_or_else(wrong)?,
        Value::Boolean(_) => Value::Boolean(text.trim().parse().map_err(|_| wrong())?),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    };
    *slot = value;
    Ok(())
}

fn lookup<'a>(table: &'a mut Table, path: &str) -> Option<&'a mut Value> {
    match path.split_once('.') {
        Some((section, key)) => table.get_mut(section)?.as_table_mut()?.get_mut(key),
        None => table.get_mut(path),
    }
}

/// The path of every setting, as `section.key` or `key`.
pub(super) fn paths() -> Vec<String> {
    let defaults = defaults();
    let inner = |name: &String, value: &Value| match value {
        Value::Table(keys) => keys.keys().map(|key| format!("{name}.{key}")).collect(),
        _ => vec![name.clone()],
    };
    defaults
        .iter()
        .flat_map(|(name, value)| inner(name, value))
        .collect()
}

fn variable_of(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_uppercase())
}

/// ` (did you mean `x`?)` when some known name is near.
fn hint(name: &str, known: &[String]) -> String {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| format!(" (did you mean `{candidate}`?)"))
        .unwrap_or_default()
}

/// How many letters must be put in, left out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
