//! Statements on the list of applied migrations.

store_sql::queries! { "migrations";
    LIST = "SELECT version, name, checksum FROM migrations ORDER BY version";
    APPLIED = "INSERT INTO migrations (version, name, checksum) VALUES ($1, $2, $3)";
}
