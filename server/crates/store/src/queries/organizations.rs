//! Statements on organizations.

/// An organization with what its list shows.
macro_rules! summary {
    () => {
        "SELECT o.id, o.app_id, o.name, o.created_at, \
         (SELECT COUNT(*) FROM directories d WHERE d.organization_id = o.id AND d.deleted_at IS NULL), \
         (SELECT COUNT(*) FROM directories d JOIN users u ON u.directory_id = d.id \
          WHERE d.organization_id = o.id AND d.deleted_at IS NULL), \
         (SELECT COUNT(*) FROM directories d JOIN groups g ON g.directory_id = d.id \
          WHERE d.organization_id = o.id AND d.deleted_at IS NULL), \
         (SELECT MAX((SELECT a.at FROM activity a WHERE a.directory_id = d.id ORDER BY a.seq DESC LIMIT 1)) \
          FROM directories d WHERE d.organization_id = o.id) \
         FROM organizations o WHERE o.deleted_at IS NULL "
    };
}

store_sql::queries! { "organizations";
    CREATE = "INSERT INTO organizations (id, app_id, name, created_at) VALUES ($1, $2, $3, $4)";
    GET = "SELECT id, app_id, name, created_at FROM organizations WHERE id = $1 AND deleted_at IS NULL";
    LIST = concat!(summary!(), "ORDER BY o.name, o.id");
    LIST_OF_APPS = concat!(
        summary!(),
        "AND o.app_id IN (SELECT value FROM json_each(CAST($1 AS TEXT))) ORDER BY o.name, o.id"
    );
    RENAME = "UPDATE organizations SET name = $2 WHERE id = $1 AND deleted_at IS NULL";
    TENANT = "SELECT tenant_id, tenant_name, tenant_proven_at FROM organizations WHERE id = $1 AND deleted_at IS NULL";
    PROVE_TENANT = "UPDATE organizations SET tenant_id = $2, tenant_name = $3, tenant_proven_at = $4 \
                    WHERE id = $1 AND deleted_at IS NULL AND (tenant_id IS NULL OR tenant_id = $2)";
    FORGET_TENANT = "UPDATE organizations SET tenant_id = NULL, tenant_name = NULL, tenant_proven_at = NULL \
                     WHERE id = $1 AND tenant_id IS NOT NULL";
    OF_TENANT = "SELECT id, app_id, name, created_at FROM organizations \
                 WHERE app_id = $1 AND tenant_id = $2 AND deleted_at IS NULL";
    TENANTS = "SELECT tenant_id, id, name FROM organizations \
               WHERE app_id = $1 AND tenant_id IS NOT NULL AND deleted_at IS NULL";
    DELETE = "UPDATE organizations SET deleted_at = $2, tenant_id = NULL WHERE id = $1 AND deleted_at IS NULL";
    /// Those deleted whose directories are all gone.
    PURGE = "DELETE FROM organizations WHERE deleted_at IS NOT NULL \
             AND id NOT IN (SELECT organization_id FROM directories)";
}
