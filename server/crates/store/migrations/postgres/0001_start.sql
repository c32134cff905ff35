-- Times are microseconds since 1970 UTC. Every table below a directory carries directory_id (threat T03).

CREATE TABLE apps (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT  NOT NULL
);

CREATE TABLE organizations (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    app_id      TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    name        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT  NOT NULL,
    deleted_at  BIGINT
);
CREATE INDEX organizations_app ON organizations (app_id);

CREATE TABLE directories (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    kind            TEXT COLLATE "C" NOT NULL,
    provider        TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT  NOT NULL,
    deleted_at      BIGINT
);
CREATE INDEX directories_organization ON directories (organization_id);

CREATE TABLE tokens (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id),
    name         TEXT COLLATE "C" NOT NULL,
    hash         BYTEA   NOT NULL UNIQUE,
    last4        TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX tokens_directory ON tokens (directory_id);

-- The tables that provisioning writes have no foreign key: on PostgreSQL it would lock the directory's row for every user.

CREATE TABLE users (
    seq               BIGINT  NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id                TEXT COLLATE "C" NOT NULL UNIQUE,
    directory_id      TEXT COLLATE "C" NOT NULL,
    user_name         TEXT COLLATE "C" NOT NULL,
    user_name_fold    TEXT COLLATE "C" NOT NULL,
    external_id       TEXT COLLATE "C",
    display_name      TEXT COLLATE "C",
    display_name_fold TEXT COLLATE "C",
    emails_fold       TEXT COLLATE "C",
    active            BOOLEAN NOT NULL,
    version           BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    body              TEXT COLLATE "C" NOT NULL,
    UNIQUE (directory_id, user_name_fold)
);
-- A walk in the order of arrival.
CREATE INDEX users_directory ON users (directory_id, seq);
-- Matching by externalId; covers the counts of a directory too.
CREATE INDEX users_external ON users (directory_id, external_id, active);

CREATE TABLE user_emails (
    directory_id TEXT COLLATE "C" NOT NULL,
    value_fold   TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (directory_id, value_fold, user_id)
);

CREATE TABLE groups (
    seq               BIGINT  NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id                TEXT COLLATE "C" NOT NULL UNIQUE,
    directory_id      TEXT COLLATE "C" NOT NULL,
    display_name      TEXT COLLATE "C" NOT NULL,
    display_name_fold TEXT COLLATE "C" NOT NULL,
    external_id       TEXT COLLATE "C",
    version           BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    body              TEXT COLLATE "C" NOT NULL
);
CREATE INDEX groups_directory ON groups (directory_id, seq);
CREATE INDEX groups_name ON groups (directory_id, display_name_fold);
CREATE INDEX groups_external ON groups (directory_id, external_id);

CREATE TABLE members (
    directory_id TEXT COLLATE "C" NOT NULL,
    group_id     TEXT COLLATE "C" NOT NULL,
    member_id    TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    added_at     BIGINT  NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX members_member ON members (member_id);

-- Writers commit in another order than they take numbers in, and a reader that goes on from the highest number it saw
-- must skip none. So who appends holds a shared lock from before its number is taken until it has committed, and who reads
-- first asks for the newest number, then once for the exclusive lock: when it is granted, all up to that number is settled.
CREATE SEQUENCE events_seq;
CREATE FUNCTION next_event() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7233178205118);
    RETURN nextval('events_seq');
END $$;
CREATE TABLE events (
    seq             BIGINT NOT NULL PRIMARY KEY DEFAULT next_event(),
    id              TEXT COLLATE "C" NOT NULL,
    app_id          TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    directory_id    TEXT COLLATE "C",
    type            TEXT COLLATE "C" NOT NULL,
    subject_id      TEXT COLLATE "C",
    at              BIGINT NOT NULL,
    body            TEXT COLLATE "C" NOT NULL
);

-- Up to which number all is settled; 0 when that cannot be said within a quarter of a second, for who waits for the
-- exclusive lock makes writers wait behind it. What is read up to it must be read in a statement of its own, after this one,
-- whose snapshot is younger.
CREATE FUNCTION settled_event() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE newest BIGINT;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE 'events are read in a transaction whose statements each have a snapshot of their own';
    END IF;
    SELECT last_value INTO newest FROM events_seq;
    PERFORM set_config('lock_timeout', '250ms', TRUE);
    PERFORM pg_advisory_xact_lock(7233178205118);
    RETURN newest;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;
CREATE VIEW settled AS SELECT settled_event() AS seq;

-- SQLite's function of that name, as far as we use it: the elements of a JSON array of texts.
CREATE FUNCTION json_each(list TEXT) RETURNS TABLE (key BIGINT, value TEXT) LANGUAGE sql IMMUTABLE AS
    $$ SELECT number - 1, element COLLATE "C" FROM json_array_elements_text(list::JSON) WITH ORDINALITY AS e (element, number) $$;

CREATE TABLE activity (
    seq          BIGINT  NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    directory_id TEXT COLLATE "C" NOT NULL,
    at           BIGINT  NOT NULL,
    origin       TEXT COLLATE "C" NOT NULL,
    action       TEXT COLLATE "C" NOT NULL,
    status       BIGINT  NOT NULL,
    result       TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id   TEXT COLLATE "C",
    subject_name TEXT COLLATE "C",
    subject_fold TEXT COLLATE "C",
    count        BIGINT  NOT NULL,
    duration_us  BIGINT  NOT NULL,
    request      TEXT COLLATE "C",
    changes      TEXT COLLATE "C",
    ignored      TEXT COLLATE "C",
    reason       TEXT COLLATE "C",
    reference    TEXT COLLATE "C"
);
CREATE INDEX activity_directory ON activity (directory_id, seq);
CREATE INDEX activity_subject ON activity (subject_id, seq) WHERE subject_id IS NOT NULL;
CREATE INDEX activity_reference ON activity (reference) WHERE reference IS NOT NULL;

CREATE TABLE signals (
    directory_id TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    first_at     BIGINT  NOT NULL,
    last_at      BIGINT  NOT NULL,
    count        BIGINT  NOT NULL,
    detail       TEXT COLLATE "C",
    PRIMARY KEY (directory_id, name)
);

CREATE TABLE sessions (
    id_hash    BYTEA   NOT NULL PRIMARY KEY,
    person     TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT  NOT NULL,
    auth_at    BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE bootstrap_links (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    used_at    BIGINT
);

CREATE TABLE settings (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);
