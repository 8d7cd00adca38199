-- A session cannot tell why its process was ended: who asked for it says so here first.
ALTER TABLE tenant_queries ADD COLUMN cancel_asked_at timestamptz;
