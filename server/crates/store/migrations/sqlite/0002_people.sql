-- People who sign in with Microsoft, the links that let them in, and what is known of a customer's tenant.
-- A person is tenant and object id; names and addresses are for display only (threat T40).

CREATE TABLE people (
    id              TEXT    NOT NULL PRIMARY KEY,
    tenant_id       TEXT    NOT NULL,
    object_id       TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    last_sign_in_at INTEGER NOT NULL,
    UNIQUE (tenant_id, object_id)
) STRICT;

-- Who may do what in the console, by app.
CREATE TABLE staff (
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    person_id  TEXT    NOT NULL REFERENCES people (id),
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, app_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_app ON staff (app_id);

-- Groups of an app's staff directory, and what their members may do.
CREATE TABLE staff_groups (
    app_id   TEXT NOT NULL REFERENCES apps (id),
    group_id TEXT NOT NULL,
    role     TEXT NOT NULL,
    PRIMARY KEY (group_id, app_id)
) STRICT, WITHOUT ROWID;

-- An owner's word that whoever signs in with this link belongs to the staff (threat T47).
CREATE TABLE invites (
    hash       BLOB    NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    app_id     TEXT    NOT NULL REFERENCES apps (id),
    role       TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    used_by    TEXT
) STRICT;

ALTER TABLE apps ADD COLUMN client_id TEXT;
-- Sealed by the key file; in the clear it never stands here (threat T51).
ALTER TABLE apps ADD COLUMN client_secret BLOB;
ALTER TABLE apps ADD COLUMN app_role TEXT;
ALTER TABLE apps ADD COLUMN accent TEXT;
ALTER TABLE apps ADD COLUMN embed_origins TEXT;
ALTER TABLE apps ADD COLUMN staff_directory_id TEXT;
ALTER TABLE apps ADD COLUMN logo BLOB;
CREATE INDEX apps_client ON apps (client_id);
CREATE INDEX apps_staff ON apps (staff_directory_id);

-- The customer's tenant, once a token of it has proven it; it belongs to one organization of an app (threat T46).
ALTER TABLE organizations ADD COLUMN tenant_id TEXT;
ALTER TABLE organizations ADD COLUMN tenant_name TEXT;
ALTER TABLE organizations ADD COLUMN tenant_proven_at INTEGER;
CREATE UNIQUE INDEX organizations_tenant ON organizations (tenant_id, app_id) WHERE tenant_id IS NOT NULL;

ALTER TABLE sessions ADD COLUMN person_id TEXT;
ALTER TABLE sessions ADD COLUMN link_id TEXT;
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_link ON sessions (link_id);

-- An attempt to sign in or to consent, from its beginning to Microsoft's answer (threats T43, T45).
CREATE TABLE attempts (
    state_hash      BLOB    NOT NULL PRIMARY KEY,
    browser_hash    BLOB    NOT NULL,
    purpose         TEXT    NOT NULL,
    tenant          TEXT    NOT NULL,
    nonce           TEXT    NOT NULL,
    verifier        TEXT    NOT NULL,
    return_to       TEXT    NOT NULL,
    session_hash    BLOB,
    invite_hash     BLOB,
    organization_id TEXT,
    -- Begun from within a frame: the browser comes back in a window of its own.
    framed          INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    used_at         INTEGER
) STRICT;

CREATE TABLE setup_links (
    id              TEXT    NOT NULL PRIMARY KEY,
    hash            BLOB    NOT NULL UNIQUE,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    scope           TEXT    NOT NULL,
    created_by      TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    opened_at       INTEGER,
    redeemed_at     INTEGER,
    browser_hash    BLOB,
    revoked_at      INTEGER
) STRICT;
CREATE INDEX setup_links_organization ON setup_links (organization_id);

-- What was found out about an organization's tenant, the newest of each kind.
CREATE TABLE findings (
    organization_id TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    value           TEXT    NOT NULL,
    PRIMARY KEY (organization_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    app_id       TEXT    NOT NULL REFERENCES apps (id),
    name         TEXT    NOT NULL,
    hash         BLOB    NOT NULL UNIQUE,
    last4        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_keys_app ON api_keys (app_id);
