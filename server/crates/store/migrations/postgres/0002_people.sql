-- People who sign in with Microsoft, the links that let them in, and what is known of a customer's tenant.
-- A person is tenant and object id; names and addresses are for display only (threat T40).

CREATE TABLE people (
    id              TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    tenant_id       TEXT COLLATE "C"    NOT NULL,
    object_id       TEXT COLLATE "C"    NOT NULL,
    name            TEXT COLLATE "C"    NOT NULL,
    address         TEXT COLLATE "C"    NOT NULL,
    created_at      BIGINT NOT NULL,
    last_sign_in_at BIGINT NOT NULL,
    UNIQUE (tenant_id, object_id)
);

-- Who may do what in the console, by app.
CREATE TABLE staff (
    app_id     TEXT COLLATE "C"    NOT NULL REFERENCES apps (id),
    person_id  TEXT COLLATE "C"    NOT NULL REFERENCES people (id),
    role       TEXT COLLATE "C"    NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, app_id)
);
CREATE INDEX staff_app ON staff (app_id);

-- Groups of an app's staff directory, and what their members may do.
CREATE TABLE staff_groups (
    app_id   TEXT COLLATE "C" NOT NULL REFERENCES apps (id),
    group_id TEXT COLLATE "C" NOT NULL,
    role     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (group_id, app_id)
);

-- An owner's word that whoever signs in with this link belongs to the staff (threat T47).
CREATE TABLE invites (
    hash       BYTEA    NOT NULL PRIMARY KEY,
    id         TEXT COLLATE "C"    NOT NULL UNIQUE,
    app_id     TEXT COLLATE "C"    NOT NULL REFERENCES apps (id),
    role       TEXT COLLATE "C"    NOT NULL,
    note       TEXT COLLATE "C"    NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    used_by    TEXT COLLATE "C"
);

ALTER TABLE apps ADD COLUMN client_id TEXT COLLATE "C";
-- Sealed by the key file; in the clear it never stands here (threat T51).
ALTER TABLE apps ADD COLUMN client_secret BYTEA;
ALTER TABLE apps ADD COLUMN app_role TEXT COLLATE "C";
ALTER TABLE apps ADD COLUMN accent TEXT COLLATE "C";
ALTER TABLE apps ADD COLUMN embed_origins TEXT COLLATE "C";
ALTER TABLE apps ADD COLUMN staff_directory_id TEXT COLLATE "C";
ALTER TABLE apps ADD COLUMN logo BYTEA;
CREATE INDEX apps_client ON apps (client_id);
CREATE INDEX apps_staff ON apps (staff_directory_id);

-- The customer's tenant, once a token of it has proven it; it belongs to one organization of an app (threat T46).
ALTER TABLE organizations ADD COLUMN tenant_id TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN tenant_name TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN tenant_proven_at BIGINT;
CREATE UNIQUE INDEX organizations_tenant ON organizations (tenant_id, app_id) WHERE tenant_id IS NOT NULL;

ALTER TABLE sessions ADD COLUMN person_id TEXT COLLATE "C";
ALTER TABLE sessions ADD COLUMN link_id TEXT COLLATE "C";
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_link ON sessions (link_id);

-- An attempt to sign in or to consent, from its beginning to Microsoft's answer (threats T43, T45).
CREATE TABLE attempts (
    state_hash      BYTEA    NOT NULL PRIMARY KEY,
    browser_hash    BYTEA    NOT NULL,
    purpose         TEXT COLLATE "C"    NOT NULL,
    tenant          TEXT COLLATE "C"    NOT NULL,
    nonce           TEXT COLLATE "C"    NOT NULL,
    verifier        TEXT COLLATE "C"    NOT NULL,
    return_to       TEXT COLLATE "C"    NOT NULL,
    session_hash    BYTEA,
    invite_hash     BYTEA,
    organization_id TEXT COLLATE "C",
    -- Begun from within a frame: the browser comes back in a window of its own.
    framed          BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    used_at         BIGINT
);

CREATE TABLE setup_links (
    id              TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    hash            BYTEA    NOT NULL UNIQUE,
    organization_id TEXT COLLATE "C"    NOT NULL REFERENCES organizations (id),
    scope           TEXT COLLATE "C"    NOT NULL,
    created_by      TEXT COLLATE "C"    NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    opened_at       BIGINT,
    redeemed_at     BIGINT,
    browser_hash    BYTEA,
    revoked_at      BIGINT
);
CREATE INDEX setup_links_organization ON setup_links (organization_id);

-- What was found out about an organization's tenant, the newest of each kind.
CREATE TABLE findings (
    organization_id TEXT COLLATE "C"    NOT NULL,
    name            TEXT COLLATE "C"    NOT NULL,
    at              BIGINT NOT NULL,
    value           TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (organization_id, name)
);

CREATE TABLE api_keys (
    id           TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    app_id       TEXT COLLATE "C"    NOT NULL REFERENCES apps (id),
    name         TEXT COLLATE "C"    NOT NULL,
    hash         BYTEA    NOT NULL UNIQUE,
    last4        TEXT COLLATE "C"    NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_keys_app ON api_keys (app_id);
