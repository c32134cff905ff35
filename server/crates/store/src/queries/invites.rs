//! Statements on invites.

store_sql::queries! { "invites";
    CREATE = "INSERT INTO invites (hash, id, app_id, role, note, created_at, expires_at, made_by) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "SELECT id, app_id, role, note, created_at, expires_at, used_at, made_by FROM invites WHERE hash = $1";
    LIST = "SELECT id, app_id, role, note, created_at, expires_at, used_at, made_by FROM invites \
            WHERE app_id = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY created_at, id";
    REDEEM = "UPDATE invites SET used_at = $2, used_by = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
    REVOKE = "DELETE FROM invites WHERE app_id = $1 AND id = $2 AND used_at IS NULL";
    REVOKE_OF_MAKER = "DELETE FROM invites WHERE made_by = $1 AND used_at IS NULL";
    PRUNE = "DELETE FROM invites WHERE expires_at < $1";
}
