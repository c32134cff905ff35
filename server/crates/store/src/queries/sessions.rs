//! Statements on console sessions.

store_sql::queries! { "sessions";
    CREATE = "INSERT INTO sessions (id_hash, person, role, created_at, auth_at, seen_at, expires_at, person_id, link_id) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT id_hash, person, role, created_at, auth_at, seen_at, expires_at, revoked_at, person_id, link_id \
            FROM sessions \
            WHERE id_hash = $1";
    LIST = "SELECT id_hash, person, role, created_at, auth_at, seen_at, expires_at, revoked_at, person_id, link_id \
            FROM sessions \
            WHERE revoked_at IS NULL AND expires_at > $1 ORDER BY created_at, id_hash";
    TOUCH = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id_hash = $1 AND revoked_at IS NULL";
    REVOKE = "UPDATE sessions SET revoked_at = $2 WHERE id_hash = $1 AND revoked_at IS NULL";
    REVOKE_ALL = "UPDATE sessions SET revoked_at = $1 WHERE revoked_at IS NULL";
    REVOKE_OF_PERSON = "UPDATE sessions SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL";
    REVOKE_OF_LINK = "UPDATE sessions SET revoked_at = $2 WHERE link_id = $1 AND revoked_at IS NULL";
    SET_PERSON = "UPDATE sessions SET person_id = $2, person = $3, auth_at = $4 WHERE id_hash = $1 AND revoked_at IS NULL";
    PRUNE = "DELETE FROM sessions WHERE expires_at < $1";
}
