-- What was asked for and takes a job: this row is the truth of it, and a job's execution only works on it. After a crash
-- another execution begins anew, whose steps find what is done already.
CREATE TABLE job_runs (
    id         uuid PRIMARY KEY,
    job        text NOT NULL CHECK (length(job) BETWEEN 1 AND 50),
    -- What it is about; one run at a time is at work on it.
    subject_id uuid NOT NULL,
    parameters jsonb NOT NULL DEFAULT '{}',
    state      text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
    -- The application node that works on it, as it called itself at its start.
    node       uuid,
    attempts   integer NOT NULL DEFAULT 0,
    step       text,
    error      text,
    not_before timestamptz NOT NULL DEFAULT now(),
    asked_at   timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    ended_at   timestamptz,
    CHECK ((state = 'RUNNING') = (node IS NOT NULL)),
    CHECK ((state IN ('DONE', 'FAILED')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX job_runs_at_work ON job_runs (subject_id) WHERE state = 'RUNNING';
CREATE INDEX job_runs_waiting ON job_runs (asked_at) WHERE state = 'WAITING';
CREATE INDEX job_runs_subject ON job_runs (subject_id, asked_at DESC);
CREATE INDEX job_runs_ended ON job_runs (ended_at);

CREATE TABLE job_run_steps (
    run_id   uuid NOT NULL REFERENCES job_runs ON DELETE CASCADE,
    step     text NOT NULL CHECK (length(step) BETWEEN 1 AND 50),
    -- Of the last time that it ran.
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (run_id, step)
);

-- The application nodes that run jobs: whose beat is old is dead, and its runs are begun anew.
CREATE TABLE job_nodes (
    node    uuid PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
