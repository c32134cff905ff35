//! Statements on findings.

store_sql::queries! { "findings";
    SET = "INSERT INTO findings (organization_id, name, at, value) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (organization_id, name) DO UPDATE SET at = excluded.at, value = excluded.value";
    REMOVE = "DELETE FROM findings WHERE organization_id = $1 AND name = $2";
    LIST = "SELECT name, at, value FROM findings WHERE organization_id = $1 ORDER BY name";
    DUE = "SELECT DISTINCT organization_id FROM findings WHERE name = $1 AND at < $2 ORDER BY organization_id LIMIT $3";
}
