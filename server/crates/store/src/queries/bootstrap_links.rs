//! Statements on bootstrap links.

store_sql::queries! { "bootstrap_links";
    CREATE = "INSERT INTO bootstrap_links (hash, created_at, expires_at) VALUES ($1, $2, $3)";
    REDEEM = "UPDATE bootstrap_links SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
    FIND = "SELECT created_at, expires_at, used_at FROM bootstrap_links WHERE hash = $1";
    REVOKE_UNUSED = "DELETE FROM bootstrap_links WHERE used_at IS NULL";
    PRUNE = "DELETE FROM bootstrap_links WHERE expires_at < $1";
}
