-- Times are microseconds since 1970 UTC. Every table below a directory carries directory_id (threat T03).

CREATE TABLE apps (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id          TEXT    NOT NULL PRIMARY KEY,
    app_id      TEXT    NOT NULL REFERENCES apps (id),
    name        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    deleted_at  INTEGER
) STRICT;
CREATE INDEX organizations_app ON organizations (app_id);

CREATE TABLE directories (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    kind            TEXT    NOT NULL,
    provider        TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    deleted_at      INTEGER
) STRICT;
CREATE INDEX directories_organization ON directories (organization_id);

CREATE TABLE tokens (
    id           TEXT    NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    name         TEXT    NOT NULL,
    hash         BLOB    NOT NULL UNIQUE,
    last4        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX tokens_directory ON tokens (directory_id);

-- The tables that provisioning writes have no foreign key: on PostgreSQL it would lock the directory's row for every user.

CREATE TABLE users (
    seq               INTEGER NOT NULL PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    directory_id      TEXT    NOT NULL,
    user_name         TEXT    NOT NULL,
    user_name_fold    TEXT    NOT NULL,
    external_id       TEXT,
    display_name      TEXT,
    display_name_fold TEXT,
    emails_fold       TEXT,
    active            INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    body              TEXT    NOT NULL,
    UNIQUE (directory_id, user_name_fold)
) STRICT;
-- A walk in the order of arrival.
CREATE INDEX users_directory ON users (directory_id, seq);
-- Matching by externalId; covers the counts of a directory too.
CREATE INDEX users_external ON users (directory_id, external_id, active);

CREATE TABLE user_emails (
    directory_id TEXT NOT NULL,
    value_fold   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    PRIMARY KEY (directory_id, value_fold, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    seq               INTEGER NOT NULL PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    directory_id      TEXT    NOT NULL,
    display_name      TEXT    NOT NULL,
    display_name_fold TEXT    NOT NULL,
    external_id       TEXT,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    body              TEXT    NOT NULL
) STRICT;
CREATE INDEX groups_directory ON groups (directory_id, seq);
CREATE INDEX groups_name ON groups (directory_id, display_name_fold);
CREATE INDEX groups_external ON groups (directory_id, external_id);

CREATE TABLE members (
    directory_id TEXT    NOT NULL,
    group_id     TEXT    NOT NULL,
    member_id    TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    added_at     INTEGER NOT NULL,
    PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_member ON members (member_id);

CREATE TABLE events (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL,
    app_id          TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,
    directory_id    TEXT,
    type            TEXT    NOT NULL,
    subject_id      TEXT,
    at              INTEGER NOT NULL,
    body            TEXT    NOT NULL
) STRICT;
-- Up to which number nothing is still to come. Here there is one writer: the newest there is.
CREATE VIEW settled AS SELECT COALESCE(MAX(seq), 0) AS seq FROM events;

CREATE TABLE activity (
    seq          INTEGER NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    origin       TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    status       INTEGER NOT NULL,
    result       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT,
    subject_name TEXT,
    subject_fold TEXT,
    count        INTEGER NOT NULL,
    duration_us  INTEGER NOT NULL,
    request      TEXT,
    changes      TEXT,
    ignored      TEXT,
    reason       TEXT,
    reference    TEXT
) STRICT;
CREATE INDEX activity_directory ON activity (directory_id, seq);
CREATE INDEX activity_subject ON activity (subject_id, seq) WHERE subject_id IS NOT NULL;
CREATE INDEX activity_reference ON activity (reference) WHERE reference IS NOT NULL;

CREATE TABLE signals (
    directory_id TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    detail       TEXT,
    PRIMARY KEY (directory_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id_hash    BLOB    NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    auth_at    INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE bootstrap_links (
    hash       BLOB    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What SQLite's planner is to believe of sizes: without it, it takes a directory for ten rows. The figures are those of a
-- large installation (rows of the table, then how many share each further column of the index); they need not be true.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'users_directory', '1000000 50000 1'),
    ('users', 'users_external', '1000000 50000 2 2'),
    ('users', 'sqlite_autoindex_users_1', '1000000 1'),
    ('users', 'sqlite_autoindex_users_2', '1000000 50000 1'),
    ('user_emails', 'user_emails', '1000000 50000 2 1'),
    ('groups', 'groups_directory', '100000 5000 1'),
    ('groups', 'groups_name', '100000 5000 2'),
    ('groups', 'groups_external', '100000 5000 2'),
    ('groups', 'sqlite_autoindex_groups_1', '100000 1'),
    ('members', 'members', '10000000 1000 1'),
    ('members', 'members_member', '10000000 10 1'),
    ('activity', 'activity_directory', '10000000 500000 1'),
    ('activity', 'activity_subject', '10000000 20 1'),
    ('activity', 'activity_reference', '10000000 1');
ANALYZE sqlite_schema;
