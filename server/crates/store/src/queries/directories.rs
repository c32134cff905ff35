//! Statements on directories.

macro_rules! directory {
    () => {
        "SELECT d.id, d.organization_id, o.app_id, d.kind, d.provider, d.name, d.status, d.created_at, d.deleted_at \
         FROM directories d JOIN organizations o ON o.id = d.organization_id "
    };
}

store_sql::queries! { "directories";
    CREATE = "INSERT INTO directories (id, organization_id, kind, provider, name, status, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    GET = concat!(directory!(), "WHERE d.id = $1 AND d.deleted_at IS NULL");
    LIST = concat!(directory!(), "WHERE d.deleted_at IS NULL ORDER BY d.created_at, d.id");
    LIST_OF_ORGANIZATION =
        concat!(directory!(), "WHERE d.organization_id = $1 AND d.deleted_at IS NULL ORDER BY d.created_at, d.id");
    /// Those deleted whose rows may still be there.
    LIST_DELETED = concat!(directory!(), "WHERE d.deleted_at IS NOT NULL ORDER BY d.created_at, d.id");
    LOCK locking = "SELECT id FROM directories WHERE id = $1 AND deleted_at IS NULL";
    RENAME = "UPDATE directories SET name = $2 WHERE id = $1 AND deleted_at IS NULL";
    SET_STATUS = "UPDATE directories SET status = $2 WHERE id = $1 AND deleted_at IS NULL";
    DELETE = "UPDATE directories SET deleted_at = $2, status = 'disabled' WHERE id = $1 AND deleted_at IS NULL";
    REVOKE_TOKENS = "UPDATE tokens SET revoked_at = $2 WHERE directory_id = $1 AND revoked_at IS NULL";
    COUNT_USERS = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN active = TRUE THEN 1 ELSE 0 END), 0), \
                   COALESCE(SUM(CASE WHEN external_id LIKE '________-____-____-____-____________' THEN 1 ELSE 0 END), 0) \
                   FROM users WHERE directory_id = $1";
    COUNT_GROUPS = "SELECT COUNT(*) FROM groups WHERE directory_id = $1";
    PURGE_MEMBERS = "DELETE FROM members WHERE (group_id, member_id) IN \
                     (SELECT m.group_id, m.member_id FROM members m JOIN groups g ON g.id = m.group_id \
                      WHERE g.directory_id = $1 LIMIT $2)";
    PURGE_GROUPS = "DELETE FROM groups WHERE seq IN (SELECT seq FROM groups WHERE directory_id = $1 LIMIT $2)";
    PURGE_EMAILS = "DELETE FROM user_emails WHERE (directory_id, value_fold, user_id) IN \
                    (SELECT directory_id, value_fold, user_id FROM user_emails WHERE directory_id = $1 LIMIT $2)";
    PURGE_USERS = "DELETE FROM users WHERE seq IN (SELECT seq FROM users WHERE directory_id = $1 LIMIT $2)";
    PURGE_ACTIVITY = "DELETE FROM activity WHERE seq IN (SELECT seq FROM activity WHERE directory_id = $1 LIMIT $2)";
    PURGE_SIGNALS = "DELETE FROM signals WHERE directory_id = $1";
    PURGE_SELF = "DELETE FROM directories WHERE id = $1 AND deleted_at IS NOT NULL";
    PURGE_TOKENS = "DELETE FROM tokens WHERE directory_id = $1";
}
