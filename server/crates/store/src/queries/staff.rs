//! Statements on the people of the console and what they may do.

store_sql::queries! { "staff";
    SIGNED_IN = "INSERT INTO people (id, tenant_id, object_id, name, address, created_at, last_sign_in_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $6) \
                 ON CONFLICT (tenant_id, object_id) DO UPDATE \
                 SET name = excluded.name, address = excluded.address, last_sign_in_at = excluded.last_sign_in_at \
                 RETURNING id, tenant_id, object_id, name, address, created_at, last_sign_in_at";
    /// Who is known already stays as they are.
    EXPECT = "INSERT INTO people (id, tenant_id, object_id, name, address, created_at, last_sign_in_at) \
              VALUES ($1, $2, $3, $4, $5, $6, 0) \
              ON CONFLICT (tenant_id, object_id) DO UPDATE SET tenant_id = excluded.tenant_id \
              RETURNING id, tenant_id, object_id, name, address, created_at, last_sign_in_at";
    PERSON = "SELECT id, tenant_id, object_id, name, address, created_at, last_sign_in_at FROM people WHERE id = $1";
    ADD = "INSERT INTO staff (app_id, person_id, role, created_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (person_id, app_id) DO UPDATE SET role = excluded.role";
    REMOVE = "DELETE FROM staff WHERE app_id = $1 AND person_id = $2";
    LIST = "SELECT p.id, p.tenant_id, p.object_id, p.name, p.address, p.created_at, p.last_sign_in_at, s.role \
            FROM staff s JOIN people p ON p.id = s.person_id WHERE s.app_id = $1 ORDER BY p.name, p.id";
    /// By name, and by the groups of an app's staff directory. Whoever is disabled there has no row there.
    ROLES = "SELECT app_id, role FROM staff WHERE person_id = $1 \
             UNION \
             SELECT a.id, g.role FROM people p \
             JOIN users u ON u.external_id = p.object_id AND u.active \
             JOIN apps a ON a.staff_directory_id = u.directory_id \
             JOIN members m ON m.member_id = u.id \
             JOIN staff_groups g ON g.group_id = m.group_id AND g.app_id = a.id \
             WHERE p.id = $1";
    /// Whether a staff directory holds this person as disabled.
    BLOCKED = "SELECT COUNT(*) FROM people p \
               JOIN apps a ON a.staff_directory_id IS NOT NULL \
               JOIN users u ON u.directory_id = a.staff_directory_id AND u.external_id = p.object_id \
               WHERE p.id = $1 AND NOT u.active";
    OF_DIRECTORY = "SELECT p.id, p.tenant_id, p.object_id, p.name, p.address, p.created_at, p.last_sign_in_at \
                    FROM people p WHERE p.object_id = $2 \
                    AND EXISTS (SELECT 1 FROM apps WHERE staff_directory_id = $1)";
    CLEAR_GROUPS = "DELETE FROM staff_groups WHERE app_id = $1";
    ADD_GROUP = "INSERT INTO staff_groups (app_id, group_id, role) VALUES ($1, $2, $3)";
    GROUPS = "SELECT group_id, role FROM staff_groups WHERE app_id = $1 ORDER BY group_id";
}
