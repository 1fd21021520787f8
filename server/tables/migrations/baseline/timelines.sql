-- What happened, and what is counted until it is told.

CREATE TABLE timeline (
    seq SERIAL,
    incident_id VARCHAR(36) NOT NULL,
    n INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor_kind VARCHAR(20) NOT NULL,
    actor_id VARCHAR(36),
    kind VARCHAR(40) NOT NULL,
    args TEXT NOT NULL,
    prev_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX timeline_only_incident_id_n ON timeline (incident_id, n);
CREATE INDEX timeline_by_unsealed ON timeline (seq) WHERE hash = '';

CREATE TABLE tally (
    id VARCHAR(120) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    actor_kind VARCHAR(20) NOT NULL,
    actor_id VARCHAR(36),
    number INTEGER NOT NULL,
    title VARCHAR(1024) NOT NULL
);
