//! Statements on signals.

store_sql::queries! { "signals";
    BUMP = "INSERT INTO signals (directory_id, name, first_at, last_at, count, detail) VALUES ($1, $2, $3, $3, $4, $5) \
            ON CONFLICT (directory_id, name) DO UPDATE SET \
            last_at = CASE WHEN excluded.last_at > signals.last_at THEN excluded.last_at ELSE signals.last_at END, \
            count = signals.count + excluded.count, detail = COALESCE(excluded.detail, signals.detail)";
    RESET = "DELETE FROM signals WHERE directory_id = $1 AND name = $2";
    LIST = "SELECT directory_id, name, first_at, last_at, count, detail FROM signals WHERE directory_id = $1 ORDER BY name";
    LIST_ALL = "SELECT directory_id, name, first_at, last_at, count, detail FROM signals ORDER BY directory_id, name";
}
