-- Nothing of these kinds was ever sent.
ALTER TABLE notification_settings
    DROP COLUMN threat_alerts,
    DROP COLUMN subscription_updates,
    DROP COLUMN marketing_emails,
    ADD COLUMN in_app boolean NOT NULL DEFAULT true,
    ADD COLUMN device_events boolean NOT NULL DEFAULT true;
