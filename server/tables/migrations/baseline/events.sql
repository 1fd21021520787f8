-- Events as received, and the lanes that work through them.

CREATE TABLE event (
    seq SERIAL,
    id VARCHAR(36) NOT NULL,
    lane SMALLINT NOT NULL,
    integration_id VARCHAR(36) NOT NULL,
    received_at BIGINT NOT NULL,
    idem_key VARCHAR(255),
    headers TEXT NOT NULL,
    body BYTES NOT NULL,
    size BIGINT NOT NULL DEFAULT 0,
    done INTEGER NOT NULL,
    parsed_at BIGINT,
    result VARCHAR(10),
    outcome TEXT,
    ahead TEXT
);
CREATE UNIQUE INDEX event_only_id ON event (id);
CREATE UNIQUE INDEX event_only_integration_id_idem_key ON event (integration_id, idem_key);
CREATE INDEX event_by_integration_id_seq ON event (integration_id, seq);
CREATE INDEX event_by_received_at ON event (received_at);
CREATE INDEX event_by_waiting ON event (integration_id, seq) WHERE parsed_at IS NULL;
CREATE INDEX event_by_ahead ON event (integration_id) WHERE ahead IS NOT NULL AND parsed_at IS NULL;

CREATE TABLE lane (
    lane SMALLINT PRIMARY KEY NOT NULL,
    leased_until BIGINT NOT NULL,
    fence BIGINT NOT NULL
);

INSERT INTO lane (lane, leased_until, fence) VALUES
    (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 0),
    (8, 0, 0), (9, 0, 0), (10, 0, 0), (11, 0, 0), (12, 0, 0), (13, 0, 0), (14, 0, 0), (15, 0, 0);
