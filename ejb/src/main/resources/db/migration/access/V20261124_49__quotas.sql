-- What members were told of their quota: each mark once in a month.
CREATE TABLE quota_notices (
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    month    date NOT NULL,
    percent  integer NOT NULL CHECK (percent IN (80, 95, 100)),
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, month, percent)
);
