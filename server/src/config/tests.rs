//! What the layers do, and how mistakes are named.

use std::io::Write;

use super::{Config, Database, KeyFile, LogFormat};

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn from_file(text: &str) -> Result<Config, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::from_sources(Some(file.path()), &[]).map_err(|error| {
        error
            .to_string()
            .replace(&file.path().display().to_string(), "FILE")
    })
}

fn from_environment(pairs: &[(&str, &str)]) -> Result<Config, String> {
    Config::from_sources(None, &environment(pairs)).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_complete() {
    let config = from_environment(&[]).unwrap();
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.settings.session.reauth_minutes, 10);
    assert_eq!(config.settings.limits.header_seconds, 10);
    assert_eq!(config.settings.log.format, LogFormat::Json);
    assert_eq!(config.key_file, KeyFile::Own("rollcall-data/rollcall.key".into()));
    assert!(matches!(config.database, Database::Sqlite(path) if path.ends_with("rollcall-data/rollcall.db")));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"listen = '127.0.0.1:1'\n[scim]\nburst = 7\n")
        .unwrap();
    let path = file.path().display().to_string();
    let config = Config::from_sources(
        None,
        &environment(&[("ROLLCALL_CONFIG", &path), ("ROLLCALL_LISTEN", "127.0.0.1:2")]),
    )
    .unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.settings.scim.burst, 7);
    assert_eq!(config.settings.scim.in_flight_per_directory, 64);
}

#[test]
fn mistakes_in_a_file_are_named_with_their_line() {
    for (text, words) in [
        (
            "\n[scim]\nbrust = 1",
            "FILE line 3: there is no setting `scim.brust` (did you mean `scim.burst`?)",
        ),
        (
            "lisen = 'x'",
            "FILE line 1: there is no setting `lisen` (did you mean `listen`?)",
        ),
        ("[colour]", "FILE line 1: there is no setting `colour`"),
        (
            "listen = 1",
            "FILE line 1: `listen` must be a string, not integer",
        ),
        (
            "[scim]\nburst = -1",
            "FILE line 2: `scim.burst` must be a whole number that is not negative, not integer",
        ),
        ("log = 1", "FILE line 1: `log` must be a table, not integer"),
        (
            "[proxy]\ntrusted = [1]",
            "FILE line 2: `proxy.trusted` must be a list of strings, not array",
        ),
        (
            "listen = 'here'",
            "`listen` must be an address and a port such as 127.0.0.1:8080, not \"here\"",
        ),
        (
            "[limits]\nheader_seconds = 0",
            "`limits.header_seconds` must be at least 1, not 0",
        ),
    ] {
        assert_eq!(from_file(text).unwrap_err(), words);
    }
    assert!(
        from_file("listen = ")
            .unwrap_err()
            .starts_with("FILE is not TOML: ")
    );
    assert!(
        from_file("[log]\nformat = 'xml'")
            .unwrap_err()
            .starts_with("`log.format` must be `json` or `text`")
    );
}

#[test]
fn mistakes_in_the_environment_are_named_without_their_value() {
    for (pairs, words) in [
        (
            &[("ROLLCALL_DATABSE_URL", "postgres://u:hunter2@h/d")][..],
            "environment: there is no setting `ROLLCALL_DATABSE_URL` (did you mean `ROLLCALL_DATABASE_URL`?)",
        ),
        (
            &[("ROLLCALL_SCIM_BURST", "many")],
            "environment: `ROLLCALL_SCIM_BURST` must be a whole number that is not negative, not what was given",
        ),
        (
            &[
                ("ROLLCALL_DATABASE_URL", "sqlite:a"),
                ("ROLLCALL_DATABASE_URL_FILE", "/b"),
            ],
            "both ROLLCALL_DATABASE_URL and ROLLCALL_DATABASE_URL_FILE are set: keep one of them",
        ),
        (
            &[("ROLLCALL_DATABASE_URL", "mysql://u:hunter2@h")],
            "`database_url` must begin with sqlite: or postgres://",
        ),
        (
            &[("ROLLCALL_PUBLIC_URL", "https://h/path")],
            "`public_url` must be scheme, host and port only: \"https://h/path\"",
        ),
    ] {
        assert_eq!(from_environment(pairs).unwrap_err(), words);
    }
}

#[test]
fn a_variable_unlike_any_setting_is_somebody_elses() {
    let config = from_environment(&[("ROLLCALL_TEST_POSTGRES", "x"), ("ROLLCALL_BIN", "y")]).unwrap();
    assert_eq!(config.ignored, ["ROLLCALL_TEST_POSTGRES", "ROLLCALL_BIN"]);
}

#[test]
fn a_secret_may_come_from_a_file_and_is_never_printed() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"postgres://rollcall:hunter2@db/rollcall\n")
        .unwrap();
    let config =
        from_environment(&[("ROLLCALL_DATABASE_URL_FILE", &file.path().display().to_string())]).unwrap();
    assert!(matches!(config.database, Database::Postgres(_)));
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn variables_kubernetes_sets_are_not_ours() {
    from_environment(&[
        ("ROLLCALL_SERVICE_HOST", "10.0.0.1"),
        ("ROLLCALL_PORT", "tcp://10.0.0.1:80"),
    ])
    .unwrap();
}

#[test]
fn a_public_url_is_kept_as_an_origin() {
    let config = from_environment(&[("ROLLCALL_PUBLIC_URL", "https://Rollcall.Example.com/")]).unwrap();
    assert_eq!(config.public_url, "https://rollcall.example.com");
    assert!(config.is_https());
    assert_eq!(
        config.endpoint_url("dir_1"),
        "https://rollcall.example.com/scim/v2/dir_1"
    );
}

#[test]
fn the_admin_center_is_kept_as_an_origin_of_the_web() {
    let center = |text| {
        from_environment(&[("ROLLCALL_ENTRA_ADMIN_CENTER", text)]).map(|config| config.entra.admin_center)
    };
    assert_eq!(
        center("https://entra.microsoft.us/").unwrap(),
        "https://entra.microsoft.us"
    );
    assert!(
        center("javascript:alert(1)")
            .unwrap_err()
            .contains("entra.admin_center")
    );
    assert!(center("entra").is_err());
}

#[test]
fn every_setting_can_be_set_from_the_environment() {
    let mut names: Vec<String> = super::layers::paths();
    names.sort();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before, "two settings share a name");
    for path in names {
        let variable = format!("ROLLCALL_{}", path.replace('.', "_").to_uppercase());
        let outcome = from_environment(&[(&variable, "\u{1}")]);
        let known = outcome
            .err()
            .is_none_or(|words| !words.contains("there is no setting"));
        assert!(known, "{variable} is not read");
    }
}
