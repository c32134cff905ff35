//! Statements on apps.

macro_rules! app {
    () => {
        "SELECT id, name, created_at, client_id, app_role, accent, embed_origins, staff_directory_id, staff_tenant_id, \
         CAST(LENGTH(logo) AS BIGINT) FROM apps "
    };
}

store_sql::queries! { "apps";
    CREATE = "INSERT INTO apps (id, name, created_at) VALUES ($1, $2, $3)";
    LIST = concat!(app!(), "ORDER BY created_at, id");
    GET = concat!(app!(), "WHERE id = $1");
    OF_CLIENT = concat!(app!(), "WHERE client_id = $1 ORDER BY created_at, id");
    OF_STAFF_DIRECTORY = concat!(app!(), "WHERE staff_directory_id = $1 ORDER BY created_at, id");
    RENAME = "UPDATE apps SET name = $2 WHERE id = $1";
    SET = "UPDATE apps SET name = $2, client_id = $3, app_role = $4, accent = $5, embed_origins = $6, \
           staff_directory_id = $7, staff_tenant_id = $8 WHERE id = $1";
    SECRET = "SELECT client_secret FROM apps WHERE id = $1";
    SET_SECRET = "UPDATE apps SET client_secret = $2 WHERE id = $1";
    LOGO = "SELECT logo FROM apps WHERE id = $1";
    SET_LOGO = "UPDATE apps SET logo = $2 WHERE id = $1";
    DELETE = "DELETE FROM apps WHERE id = $1";
}
