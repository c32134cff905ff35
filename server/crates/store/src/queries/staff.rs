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
    OF_IDENTITY = "SELECT id, tenant_id, object_id, name, address, created_at, last_sign_in_at FROM people \
                   WHERE tenant_id = $1 AND object_id = $2";
    ADD = "INSERT INTO staff (app_id, person_id, role, created_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (person_id, app_id) DO UPDATE SET role = excluded.role";
    REMOVE = "DELETE FROM staff WHERE app_id = $1 AND person_id = $2";
    LIST = "SELECT p.id, p.tenant_id, p.object_id, p.name, p.address, p.created_at, p.last_sign_in_at, s.role \
            FROM staff s JOIN people p ON p.id = s.person_id WHERE s.app_id = $1 ORDER BY p.name, p.id";
    /// By name, and by the groups of an app's staff directory, for people of its tenant. Whoever is disabled there has no
    /// row there.
    ROLES = "SELECT app_id, role FROM staff WHERE person_id = $1 \
             UNION \
             SELECT a.id, s.role FROM people p \
             JOIN apps a ON a.staff_tenant_id = p.tenant_id \
             JOIN users u ON u.directory_id = a.staff_directory_id AND u.external_id = p.object_id AND u.active \
             JOIN members m ON m.member_id = u.id \
             JOIN staff_groups s ON s.group_id = m.group_id AND s.app_id = a.id \
             WHERE p.id = $1";
    /// Whether a staff directory holds this person as disabled, or put them out and does not hold them since.
    BLOCKED = "SELECT COUNT(*) FROM people p JOIN apps here ON here.staff_tenant_id = p.tenant_id \
               WHERE p.id = $1 AND (\
                 EXISTS (SELECT 1 FROM users u WHERE u.directory_id = here.staff_directory_id \
                         AND u.external_id = p.object_id AND NOT u.active) \
                 OR (p.barred_by = here.staff_directory_id \
                     AND NOT EXISTS (SELECT 1 FROM users u WHERE u.directory_id = here.staff_directory_id \
                                     AND u.external_id = p.object_id AND u.active)))";
    DISABLED_IN = "SELECT COUNT(*) FROM people p JOIN users u ON u.directory_id = $2 AND u.external_id = p.object_id \
                   WHERE p.id = $1 AND NOT u.active";
    BAR = "UPDATE people SET barred_by = $2, barred_at = $3 WHERE id = $1";
    BARRED_AT = "SELECT barred_at FROM people WHERE id = $1";
    OF_DIRECTORY = "SELECT p.id, p.tenant_id, p.object_id, p.name, p.address, p.created_at, p.last_sign_in_at \
                    FROM people p WHERE p.object_id = $2 AND p.tenant_id IN \
                    (SELECT staff_tenant_id FROM apps WHERE staff_directory_id = $1)";
    /// Everybody of a tenant who could have a role by this directory, or be blocked by it.
    BEHIND = "SELECT p.id, p.tenant_id, p.object_id, p.name, p.address, p.created_at, p.last_sign_in_at \
              FROM people p WHERE p.tenant_id IN (SELECT staff_tenant_id FROM apps WHERE staff_directory_id = $1) \
              AND EXISTS (SELECT 1 FROM users u WHERE u.directory_id = $1 AND u.external_id = p.object_id) \
              ORDER BY p.id";
    /// Those whom a mapped group of a directory lets in.
    MAPPED = "SELECT COUNT(*) FROM staff_groups s JOIN apps a ON a.id = s.app_id \
              WHERE s.group_id = $2 AND a.staff_directory_id = $1";
    BY_GROUP = "SELECT u.id, COALESCE(u.display_name, u.user_name), u.user_name, u.external_id, u.active, \
                g.display_name, s.role, p.last_sign_in_at \
                FROM apps here CROSS JOIN staff_groups s CROSS JOIN groups g CROSS JOIN members m CROSS JOIN users u \
                LEFT JOIN people p ON p.tenant_id = here.staff_tenant_id AND p.object_id = u.external_id \
                WHERE here.id = $1 AND s.app_id = $1 \
                AND g.id = s.group_id AND g.directory_id = here.staff_directory_id \
                AND m.directory_id = g.directory_id AND m.group_id = g.id \
                AND u.id = m.member_id AND u.directory_id = g.directory_id \
                ORDER BY s.role, u.user_name, u.id, g.id LIMIT $2";
    /// How many come in by group, how many of them cannot for want of an object id, and how many own.
    COUNT_BY_GROUP = "SELECT COUNT(DISTINCT u.id), \
                      COUNT(DISTINCT CASE WHEN u.external_id LIKE '________-____-____-____-____________' THEN NULL ELSE u.id END), \
                      COUNT(DISTINCT CASE WHEN s.role = 'owner' AND u.active = TRUE \
                        AND u.external_id LIKE '________-____-____-____-____________' THEN u.id END) \
                      FROM apps here CROSS JOIN staff_groups s CROSS JOIN groups g CROSS JOIN members m \
                      CROSS JOIN users u \
                      WHERE here.id = $1 AND s.app_id = $1 \
                      AND g.id = s.group_id AND g.directory_id = here.staff_directory_id \
                      AND m.directory_id = g.directory_id AND m.group_id = g.id \
                      AND u.id = m.member_id AND u.directory_id = g.directory_id";
    CLEAR_GROUPS = "DELETE FROM staff_groups WHERE app_id = $1";
    FORGET_GROUP = "DELETE FROM staff_groups WHERE app_id = $1 AND group_id = $2";
    ADD_GROUP = "INSERT INTO staff_groups (app_id, group_id, role) VALUES ($1, $2, $3)";
    GROUPS = "SELECT group_id, role FROM staff_groups WHERE app_id = $1 ORDER BY group_id";
}
