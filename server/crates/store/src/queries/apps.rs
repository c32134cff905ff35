//! Statements on apps.

store_sql::queries! { "apps";
    CREATE = "INSERT INTO apps (id, name, created_at) VALUES ($1, $2, $3)";
    LIST = "SELECT id, name, created_at FROM apps ORDER BY created_at, id";
    GET = "SELECT id, name, created_at FROM apps WHERE id = $1";
    RENAME = "UPDATE apps SET name = $2 WHERE id = $1";
    DELETE = "DELETE FROM apps WHERE id = $1";
}
