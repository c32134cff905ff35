//! Statements on the activity.

macro_rules! activity_columns {
    () => {
        "seq, directory_id, at, origin, action, status, result, subject_kind, subject_id, subject_name, count, \
         duration_us, request, changes, ignored, reason, reference"
    };
}
pub(crate) use activity_columns;

store_sql::queries! { "activity";
    APPEND = "INSERT INTO activity (directory_id, at, origin, action, status, result, subject_kind, subject_id, \
              subject_name, subject_fold, count, duration_us, request, changes, ignored, reason, reference) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    GET = concat!("SELECT ", activity_columns!(), " FROM activity WHERE directory_id = $1 AND seq = $2");
    BY_REFERENCE = concat!("SELECT ", activity_columns!(), " FROM activity WHERE reference = $1 ORDER BY seq LIMIT 1");
    OF_SUBJECT = concat!(
        "SELECT ", activity_columns!(),
        " FROM activity WHERE subject_id = $2 AND directory_id = $1 ORDER BY seq DESC LIMIT $3"
    );
    /// The newest entry of a directory.
    NEWEST = "SELECT MAX(seq) FROM activity WHERE directory_id = $1";
    /// The last thing a provider sent for a subject.
    LAST_SENT = concat!(
        "SELECT ", activity_columns!(), " FROM activity \
         WHERE subject_id = $2 AND directory_id = $1 AND request IS NOT NULL ORDER BY seq DESC LIMIT 1"
    );
    /// Of the oldest so many, those from before a time.
    PRUNE = "DELETE FROM activity WHERE seq IN (SELECT seq FROM activity ORDER BY seq LIMIT $2) AND at < $1";
}
