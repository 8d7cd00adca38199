-- What the template has beyond PostgreSQL's own; the superuser runs it there once. %EXTENSIONS% is an array's list.

REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- What PUBLIC may do in any database and a tenant must not: locks and large objects fill tables that all tenants share,
-- messages go into everybody's log, counters tell what the others do.
DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc
           WHERE pronamespace = 'pg_catalog'::regnamespace
             AND (proname LIKE 'pg\_advisory\_%' OR proname LIKE 'pg\_try\_advisory\_%'
                  OR proname LIKE 'lo\_%' OR proname LIKE 'pg\_stat\_get\_db\_%'
                  OR proname IN ('lowrite', 'loread', 'pg_logical_emit_message', 'pg_notify', 'pg_notification_queue_usage'))
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;
-- Each database has its own rights on what the whole server shares.
REVOKE ALL ON pg_catalog.pg_db_role_setting, pg_catalog.pg_stat_database, pg_catalog.pg_stat_database_conflicts FROM PUBLIC;

-- The platform's own; nothing of a tenant can be made in it.
CREATE SCHEMA vpn;
GRANT USAGE ON SCHEMA vpn TO PUBLIC;

-- All belongs to the role of the objects: a login that owned something could give itself back what a limit took.
CREATE FUNCTION vpn.on_command() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = current_database() || '_objects'
     OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RETURN;
  END IF;
  RAISE EXCEPTION '% is not permitted as %', tg_tag, current_user
    USING ERRCODE = 'insufficient_privilege', HINT = 'Use SET ROLE ' || current_database() || '_objects';
END $$;
CREATE EVENT TRIGGER vpn_command ON ddl_command_start EXECUTE FUNCTION vpn.on_command();

-- All that there are, since one extension brings others.
CREATE FUNCTION vpn.on_extension() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text;
BEGIN
  SELECT extname INTO name FROM pg_extension
  WHERE extname <> ALL (ARRAY[%EXTENSIONS%]::text[]) AND extname <> 'plpgsql' LIMIT 1;
  IF FOUND AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION 'the extension % is not offered', name USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
CREATE EVENT TRIGGER vpn_extension ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION')
  EXECUTE FUNCTION vpn.on_extension();

-- While a database is over its storage limit. Enabled with the rest: see PostgresStorage.
CREATE FUNCTION vpn.on_command_over_limit() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION '% is not permitted: the database is over its storage limit', tg_tag
      USING ERRCODE = 'disk_full', HINT = 'DELETE, TRUNCATE or SELECT vpn.drop(''a table'') make room';
  END IF;
END $$;
CREATE EVENT TRIGGER vpn_over_limit ON ddl_command_start EXECUTE FUNCTION vpn.on_command_over_limit();
ALTER EVENT TRIGGER vpn_over_limit DISABLE;

CREATE FUNCTION vpn.refuse_row() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the database is over its storage limit' USING ERRCODE = 'disk_full',
    HINT = 'DELETE, TRUNCATE or SELECT vpn.drop(''a table'') make room';
END $$;

-- DROP for an owner who is none while the database is over its limit. It runs as the superuser: it takes nothing but a
-- name that the caller resolved, and touches nothing but what belongs to the tenant.
CREATE FUNCTION vpn.drop(target regclass, cascade boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text;
BEGIN
  SELECT CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'v' THEN 'VIEW'
                        WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX'
                        WHEN 'S' THEN 'SEQUENCE' END
  INTO kind FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
  WHERE c.oid = target AND r.rolname IN (current_database() || '_objects', current_database() || '_kept');
  IF kind IS NULL OR NOT pg_has_role(session_user, current_database() || '_owner', 'MEMBER') THEN
    RAISE EXCEPTION 'must be owner of %', target USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format('DROP %s %s %s', kind, target, CASE WHEN cascade THEN 'CASCADE' ELSE '' END);
END $$;

-- How many rows of each table had been removed or replaced when it was compacted last.
CREATE TABLE vpn.compacted (relation oid PRIMARY KEY, rows bigint NOT NULL, toast_rows bigint NOT NULL);

-- What compacting each table would give back, by what was removed from it since.
CREATE FUNCTION vpn.room() RETURNS TABLE (relation regclass, room bigint, can_be_rewritten boolean)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH removed AS (
    SELECT c.oid, c.reltoastrelid,
           abs(pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid) - coalesce(k.rows, 0)) AS rows,
           pg_stat_get_live_tuples(c.oid) AS live,
           abs(pg_stat_get_tuples_updated(c.reltoastrelid) + pg_stat_get_tuples_deleted(c.reltoastrelid)
               - coalesce(k.toast_rows, 0)) AS toast_rows,
           pg_stat_get_live_tuples(c.reltoastrelid) AS toast_live
    FROM pg_class c LEFT JOIN vpn.compacted k ON k.relation = c.oid
    WHERE c.relkind IN ('r', 'm') AND NOT c.relisshared AND c.relpersistence <> 't'
  )
  SELECT oid::regclass,
         (coalesce((pg_relation_size(oid) + pg_indexes_size(oid)) * rows / nullif(rows + live, 0), 0)
          + coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)) * toast_rows / nullif(toast_rows + toast_live, 0), 0)
         )::bigint,
         -- An index may call a function of the tenant, by itself or through an operator.
         NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                     WHERE i.indrelid = removed.oid AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
                       AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = d.refclassid AND e.objid = d.refobjid
                                                                   AND e.deptype = 'e'))
  FROM removed WHERE rows > 0 OR toast_rows > 0
$$;

CREATE FUNCTION vpn.note_compacted(target oid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO vpn.compacted
  SELECT c.oid, coalesce(pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid), 0),
         coalesce(pg_stat_get_tuples_updated(c.reltoastrelid) + pg_stat_get_tuples_deleted(c.reltoastrelid), 0)
  FROM pg_class c WHERE c.oid = target
  ON CONFLICT (relation) DO UPDATE SET rows = excluded.rows, toast_rows = excluded.toast_rows
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vpn FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vpn.drop TO PUBLIC;
