//! Statements on events.

store_sql::queries! { "events";
    APPEND = "INSERT INTO events (id, app_id, organization_id, directory_id, type, subject_id, at, body) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SETTLED = "SELECT seq FROM settled";
    BETWEEN = "SELECT seq, id, app_id, organization_id, directory_id, type, subject_id, at, body FROM events \
               WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    /// Of the oldest so many, those from before a time.
    PRUNE = "DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT $2) AND at < $1";
}
