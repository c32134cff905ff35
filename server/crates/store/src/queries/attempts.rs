//! Statements on attempts to sign in or to consent.

store_sql::queries! { "attempts";
    CREATE = "INSERT INTO attempts (state_hash, browser_hash, purpose, tenant, nonce, verifier, return_to, session_hash, \
              invite_hash, organization_id, framed, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// Used up whatever comes of it: an answer is taken once.
    TAKE = "UPDATE attempts SET used_at = $3 \
            WHERE state_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3 \
            RETURNING purpose, tenant, nonce, verifier, return_to, session_hash, invite_hash, organization_id, \
            framed, created_at, expires_at";
    PRUNE = "DELETE FROM attempts WHERE expires_at < $1";
}
