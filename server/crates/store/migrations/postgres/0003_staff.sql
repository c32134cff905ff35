-- The console's own people come from a directory: of which tenant, and who is kept out by it (threats T59, T60).

-- A person is tenant and object id; a directory knows object ids only. An owner says which tenant they belong to.
ALTER TABLE apps ADD COLUMN staff_tenant_id TEXT;

-- The staff directory that disabled or deleted this person, and when: no sign-in, link or invite from before counts.
ALTER TABLE people ADD COLUMN barred_by TEXT;
ALTER TABLE people ADD COLUMN barred_at BIGINT;

-- Who made it, so that it ends with them.
ALTER TABLE invites ADD COLUMN made_by TEXT;
ALTER TABLE setup_links ADD COLUMN made_by TEXT;
CREATE INDEX setup_links_maker ON setup_links (made_by);
