-- Support looking at an organization's personal data: who, why, and from when until when (threat T71).
CREATE TABLE support_views (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL,
    -- The person's id; the session's public half for whoever has none.
    viewer          TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    reason          TEXT COLLATE "C" NOT NULL,
    from_at         BIGINT NOT NULL,
    until_at        BIGINT NOT NULL
);
CREATE INDEX support_views_viewer ON support_views (viewer, organization_id, until_at);
