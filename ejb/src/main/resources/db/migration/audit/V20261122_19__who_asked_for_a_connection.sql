-- Who asked for it, as the event that the writer adds when the host has confirmed: by then the request may be over.
ALTER TABLE peers ADD COLUMN asked jsonb;
UPDATE peers SET asked = jsonb_build_object(
    'at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'action', 'vpn.connected', 'severity', 'INFO',
    'actor', jsonb_build_object('id', user_id, 'name', 'unknown', 'method', ''), 'subjectId', user_id,
    'target', jsonb_build_object('kind', 'connection', 'id', id, 'name', ''),
    'origin', jsonb_build_object('address', '', 'userAgent', '', 'requestId', ''), 'details', '{}'::jsonb);
ALTER TABLE peers ALTER COLUMN asked SET NOT NULL;
