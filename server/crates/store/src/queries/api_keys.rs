//! Statements on API keys.

store_sql::queries! { "api_keys";
    CREATE = "INSERT INTO api_keys (id, app_id, name, hash, last4, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT id, app_id, name, last4, created_at, last_used_at, revoked_at FROM api_keys WHERE hash = $1";
    LIST = "SELECT id, app_id, name, last4, created_at, last_used_at, revoked_at FROM api_keys \
            WHERE app_id = $1 ORDER BY created_at, id";
    TOUCH = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1";
    REVOKE = "UPDATE api_keys SET revoked_at = $3 WHERE app_id = $1 AND id = $2 AND revoked_at IS NULL";
}
