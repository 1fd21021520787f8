-- Pages, personal rules, and who waits for whom.

CREATE TABLE notification (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    cycle INTEGER NOT NULL,
    step INTEGER NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    address_id VARCHAR(36) NOT NULL,
    channel VARCHAR(20) NOT NULL,
    turn INTEGER NOT NULL,
    severity VARCHAR(10) NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notification_by_user_id_incident_id ON notification (user_id, incident_id);
CREATE UNIQUE INDEX notification_only_once
    ON notification (incident_id, cycle, step, user_id, address_id, turn, severity);

CREATE TABLE notification_rules (
    user_id VARCHAR(36) PRIMARY KEY NOT NULL,
    rules TEXT NOT NULL,
    rev BIGINT NOT NULL
);

CREATE TABLE waiting (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    incident_id VARCHAR(36) NOT NULL
);
CREATE INDEX waiting_by_user_id ON waiting (user_id);
CREATE INDEX waiting_by_incident_id ON waiting (incident_id);
