-- The ways in: people from a directory of the app (threats T59, T60), and what an app is known by at Microsoft.

-- A person is tenant and object id; a directory knows object ids only. An owner says which tenant they belong to.
ALTER TABLE apps ADD COLUMN staff_tenant_id TEXT COLLATE "C";

-- The staff directory that disabled or deleted this person, and when: no sign-in, link or invite from before counts.
ALTER TABLE people ADD COLUMN barred_by TEXT COLLATE "C";
ALTER TABLE people ADD COLUMN barred_at BIGINT;

-- Who made it, so that it ends with them.
ALTER TABLE invites ADD COLUMN made_by TEXT COLLATE "C";
ALTER TABLE setup_links ADD COLUMN made_by TEXT COLLATE "C";
CREATE INDEX setup_links_maker ON setup_links (made_by);

-- Sealed by the key file; in the clear it never stands here (threat T51).
ALTER TABLE apps ADD COLUMN client_secret BYTEA;
-- A picture, checked to be one.
ALTER TABLE apps ADD COLUMN logo BYTEA;

-- Begun from within a frame: the browser comes back in a window of its own.
ALTER TABLE attempts ADD COLUMN framed BIGINT NOT NULL DEFAULT 0;
