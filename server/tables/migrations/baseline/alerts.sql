-- Alerts, and the index of their words.

CREATE TABLE alert (
    seq SERIAL,
    id VARCHAR(36) NOT NULL,
    integration_id VARCHAR(36) NOT NULL,
    key_hash VARCHAR(64) NOT NULL,
    dedup_key VARCHAR(255) NOT NULL,
    service_id VARCHAR(36) NOT NULL,
    incident_id VARCHAR(36),
    severity VARCHAR(10) NOT NULL,
    title VARCHAR(1024) NOT NULL,
    description TEXT NOT NULL,
    check_name VARCHAR(255) NOT NULL,
    source VARCHAR(255) NOT NULL,
    labels TEXT NOT NULL,
    links TEXT NOT NULL,
    details TEXT NOT NULL,
    count INTEGER NOT NULL,
    received_at BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    closed_at BIGINT,
    silenced_by VARCHAR(36),
    dropped_by VARCHAR(36),
    rule_ids TEXT NOT NULL,
    words TEXT NOT NULL,
    first_event_id VARCHAR(36) NOT NULL,
    last_event_id VARCHAR(36) NOT NULL,
    content VARCHAR(24) NOT NULL DEFAULT '',
    changes TEXT NOT NULL DEFAULT '[]',
    acked_at BIGINT,
    closed_with_incident BOOLEAN NOT NULL DEFAULT FALSE,
    recovered_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX alert_only_id ON alert (id);
CREATE INDEX alert_by_incident_id_starts_at ON alert (incident_id, starts_at);
CREATE INDEX alert_by_first_event_id ON alert (first_event_id);
CREATE INDEX alert_by_received_at ON alert (received_at);
CREATE INDEX alert_by_service_id_seq ON alert (service_id, seq);
CREATE INDEX alert_by_integration_id_seq ON alert (integration_id, seq);
CREATE INDEX alert_by_severity_seq ON alert (severity, seq);
CREATE INDEX alert_by_silenced_by ON alert (silenced_by) WHERE silenced_by IS NOT NULL;
CREATE UNIQUE INDEX alert_only_key_hash_integration_id ON alert (key_hash, integration_id) WHERE closed_at IS NULL;
CREATE INDEX alert_by_resolved_key ON alert (key_hash) WHERE closed_with_incident AND recovered_at IS NULL;

-- SQLite
CREATE VIRTUAL TABLE alert_words USING fts5 (words, content='alert', content_rowid='seq', detail='none');
-- SQLite
CREATE TRIGGER alert_words_delete AFTER DELETE ON alert BEGIN
    INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words); END;
-- SQLite
CREATE TRIGGER alert_words_update AFTER UPDATE OF words ON alert BEGIN
    INSERT INTO alert_words (alert_words, rowid, words) VALUES ('delete', old.seq, old.words);
    INSERT INTO alert_words (rowid, words) VALUES (new.seq, new.words); END;
-- PostgreSQL
CREATE INDEX alert_by_words ON alert USING gin (array_to_tsvector(string_to_array(words, ' ')))
    WITH (gin_pending_list_limit = 32768);
