//! Statements on users.
//!
//! `ORDER BY +seq` keeps SQLite from walking a directory in that order instead of going to the few rows that are asked for;
//! `CROSS JOIN` keeps it to the order of the tables. PostgreSQL reads both as if it were not there.

/// What [`crate::users::User`] is read from, in its order.
macro_rules! user_columns {
    () => {
        "seq, id, directory_id, user_name, user_name_fold, external_id, display_name, emails_fold, active, version, \
         created_at, updated_at, body"
    };
}
pub(crate) use user_columns;

macro_rules! user {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            user_columns!(),
            " FROM users WHERE directory_id = $1 AND ",
            $condition
        )
    };
}

store_sql::queries! { "users";
    INSERT = "INSERT INTO users (id, directory_id, user_name, user_name_fold, external_id, display_name, \
              display_name_fold, emails_fold, active, version, created_at, updated_at, body) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, $11)";
    GET = user!("id = $2");
    LOCK locking = user!("id = $2");
    FIND_BY_USER_NAME = user!("user_name_fold = $2 LIMIT $3");
    FIND_BY_EXTERNAL_ID = user!("external_id = $2 ORDER BY +seq LIMIT $3");
    FIND_BY_EMAIL = concat!(
        "SELECT ", user_columns!(), " FROM users WHERE directory_id = $1 AND id IN \
         (SELECT user_id FROM user_emails WHERE directory_id = $1 AND value_fold = $2) ORDER BY +seq LIMIT $3"
    );
    UPDATE = "UPDATE users SET user_name = $3, user_name_fold = $4, external_id = $5, display_name = $6, \
              display_name_fold = $7, emails_fold = $8, active = $9, version = version + 1, updated_at = $10, body = $11 \
              WHERE directory_id = $1 AND id = $2 AND version = $12";
    DELETE = "DELETE FROM users WHERE directory_id = $1 AND id = $2 RETURNING emails_fold";
    INSERT_EMAIL = "INSERT INTO user_emails (directory_id, value_fold, user_id) VALUES ($1, $2, $3) \
                    ON CONFLICT DO NOTHING";
    DELETE_EMAIL = "DELETE FROM user_emails WHERE directory_id = $1 AND value_fold = $2 AND user_id = $3";
    COUNT = "SELECT COUNT(*) FROM users WHERE directory_id = $1";
    NAMES = "SELECT u.id, COALESCE(u.display_name, u.user_name) FROM json_each(CAST($2 AS TEXT)) j \
             CROSS JOIN users u WHERE u.id = j.value AND u.directory_id = $1";
}
