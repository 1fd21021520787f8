-- Due work, answers to repeat, changes to push, numbers, limits.

CREATE TABLE due (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    kind VARCHAR(40) NOT NULL,
    ref VARCHAR(120) NOT NULL,
    priority SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    parked_at BIGINT,
    error TEXT
);
CREATE UNIQUE INDEX due_only_kind_ref ON due (kind, ref);
CREATE INDEX due_by_priority_due_at ON due (priority, due_at) WHERE parked_at IS NULL;
CREATE INDEX due_by_parked_at ON due (parked_at) WHERE parked_at IS NOT NULL;
CREATE INDEX due_by_kind ON due (kind, due_at) WHERE parked_at IS NULL;

CREATE TABLE idempotency (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    actor VARCHAR(80) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    request_hash VARCHAR(64) NOT NULL,
    status SMALLINT NOT NULL,
    body BYTES NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX idempotency_only_actor_key ON idempotency (actor, key);
CREATE INDEX idempotency_by_created_at ON idempotency (created_at);

CREATE TABLE "change" (
    seq SERIAL,
    kind VARCHAR(40) NOT NULL,
    object_id VARCHAR(36) NOT NULL,
    rev BIGINT NOT NULL,
    team_id VARCHAR(36),
    changed_at BIGINT NOT NULL
);
CREATE INDEX change_by_changed_at ON change (changed_at);

CREATE TABLE counter (
    name VARCHAR(40) PRIMARY KEY NOT NULL,
    value BIGINT NOT NULL
);

CREATE TABLE attempt (
    "key" VARCHAR(64) PRIMARY KEY NOT NULL,
    tries INTEGER NOT NULL,
    counted_at BIGINT NOT NULL,
    free_at BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL
);
CREATE INDEX attempt_by_forgotten_at ON attempt (forgotten_at);

INSERT INTO counter (name, value) VALUES ('incident', 0), ('config', 0), ('owners', 0);
