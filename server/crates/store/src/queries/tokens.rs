//! Statements on bearer tokens.

store_sql::queries! { "tokens";
    CREATE = "INSERT INTO tokens (id, directory_id, name, hash, last4, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    COUNT_ALIVE = "SELECT COUNT(*) FROM tokens \
                   WHERE directory_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    LIST = "SELECT id, directory_id, name, last4, created_at, expires_at, last_used_at, revoked_at \
            FROM tokens WHERE directory_id = $1 ORDER BY created_at, id";
    FIND_BY_HASH = "SELECT t.id, t.hash, t.expires_at, t.revoked_at, \
                    d.id, d.organization_id, o.app_id, d.provider, d.status, d.deleted_at \
                    FROM tokens t JOIN directories d ON d.id = t.directory_id \
                    JOIN organizations o ON o.id = d.organization_id WHERE t.hash = $1";
    REVOKE = "UPDATE tokens SET revoked_at = $3 WHERE directory_id = $1 AND id = $2 AND revoked_at IS NULL";
    TOUCH = "UPDATE tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
}
