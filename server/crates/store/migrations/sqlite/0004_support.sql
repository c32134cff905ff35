-- Support looking at an organization's personal data: who, why, and from when until when (threat T71).
CREATE TABLE support_views (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    -- The person's id; the session's public half for whoever has none.
    viewer          TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    from_at         INTEGER NOT NULL,
    until_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX support_views_viewer ON support_views (viewer, organization_id, until_at);
