//! Statements on groups.

macro_rules! group_columns {
    () => {
        "seq, id, directory_id, display_name, display_name_fold, external_id, version, created_at, updated_at, body"
    };
}
pub(crate) use group_columns;

macro_rules! group {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            group_columns!(),
            " FROM groups WHERE directory_id = $1 AND ",
            $condition
        )
    };
}

store_sql::queries! { "groups";
    INSERT = "INSERT INTO groups (id, directory_id, display_name, display_name_fold, external_id, version, created_at, \
              updated_at, body) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7)";
    GET = group!("id = $2");
    LOCK locking = group!("id = $2");
    FIND_BY_DISPLAY_NAME = group!("display_name_fold = $2 ORDER BY +seq LIMIT $3");
    FIND_BY_EXTERNAL_ID = group!("external_id = $2 ORDER BY +seq LIMIT $3");
    UPDATE = "UPDATE groups SET display_name = $3, display_name_fold = $4, external_id = $5, version = version + 1, \
              updated_at = $6, body = $7 WHERE directory_id = $1 AND id = $2 AND version = $8";
    TOUCH = "UPDATE groups SET version = version + 1, updated_at = $3 \
             WHERE directory_id = $1 AND id = $2 AND version = $4";
    DELETE = "DELETE FROM groups WHERE directory_id = $1 AND id = $2";
    COUNT = "SELECT COUNT(*) FROM groups WHERE directory_id = $1";
    COUNT_MEMBERS = "SELECT group_id, COUNT(*), SUM(CASE WHEN kind = 'Group' THEN 1 ELSE 0 END) FROM members \
                     WHERE directory_id = $1 AND group_id IN (SELECT value FROM json_each(CAST($2 AS TEXT))) \
                     GROUP BY group_id";
}
