//! Statements on support's views.

store_sql::queries! { "support_views";
    CREATE = "INSERT INTO support_views (id, organization_id, viewer, name, reason, from_at, until_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OPEN = "SELECT id, organization_id, viewer, name, reason, from_at, until_at FROM support_views \
            WHERE viewer = $1 AND organization_id = $2 AND until_at > $3 ORDER BY until_at DESC LIMIT 1";
    END = "UPDATE support_views SET until_at = $3 WHERE viewer = $1 AND organization_id = $2 AND until_at > $3";
    PRUNE = "DELETE FROM support_views WHERE until_at < $1";
}
