//! Statements on setup links.

macro_rules! link {
    () => {
        "id, organization_id, scope, created_by, created_at, expires_at, opened_at, redeemed_at, browser_hash, revoked_at, \
         made_by"
    };
}

store_sql::queries! { "setup_links";
    CREATE = "INSERT INTO setup_links (id, hash, organization_id, scope, created_by, created_at, expires_at, made_by) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = concat!("SELECT ", link!(), " FROM setup_links WHERE hash = $1");
    GET = concat!("SELECT ", link!(), " FROM setup_links WHERE id = $1");
    LIST = concat!("SELECT ", link!(), " FROM setup_links WHERE organization_id = $1 ORDER BY created_at DESC, id DESC");
    MADE_BY = concat!("SELECT ", link!(), " FROM setup_links WHERE made_by = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id");
    OPENED = "UPDATE setup_links SET opened_at = COALESCE(opened_at, $2) WHERE hash = $1";
    /// The first browser keeps it; the same one may come again.
    REDEEM = "UPDATE setup_links SET redeemed_at = COALESCE(redeemed_at, $2), browser_hash = $3 \
              WHERE hash = $1 AND revoked_at IS NULL AND expires_at > $2 \
              AND (browser_hash IS NULL OR browser_hash = $3)";
    REVOKE = "UPDATE setup_links SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL";
}
