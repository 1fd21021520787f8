-- Services, ways in, rules, silences.

CREATE TABLE service (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(120) NOT NULL,
    description TEXT NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    policy_id VARCHAR(36),
    grouping TEXT NOT NULL,
    runbook_url TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE INDEX service_by_team_id ON service (team_id);
CREATE UNIQUE INDEX service_only_team_id_name ON service (team_id, name) WHERE archived_at IS NULL;

CREATE TABLE integration (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(120) NOT NULL,
    source VARCHAR(40) NOT NULL,
    service_id VARCHAR(36),
    config_enc TEXT NOT NULL,
    key_hmac VARCHAR(64) NOT NULL,
    key_enc TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX integration_only_key_hmac ON integration (key_hmac);
CREATE INDEX integration_by_service_id ON integration (service_id);

CREATE TABLE integration_health (
    integration_id VARCHAR(36) PRIMARY KEY NOT NULL,
    refused BIGINT NOT NULL,
    since_at BIGINT,
    last_at BIGINT,
    reasons TEXT NOT NULL,
    told_at BIGINT,
    reused BIGINT NOT NULL,
    rev BIGINT NOT NULL
);

CREATE TABLE service_change (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    service_id VARCHAR(36) NOT NULL,
    integration_id VARCHAR(36) NOT NULL,
    summary VARCHAR(1024) NOT NULL,
    source VARCHAR(255) NOT NULL,
    details TEXT NOT NULL,
    links TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX service_change_by_service ON service_change (service_id, happened_at);
CREATE INDEX service_change_by_received_at ON service_change (received_at);

CREATE TABLE rule (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    integration_id VARCHAR(36) NOT NULL,
    stage VARCHAR(20) NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR(120) NOT NULL,
    conditions TEXT NOT NULL,
    effect TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE INDEX rule_by_integration_id_stage_position ON rule (integration_id, stage, position);

CREATE TABLE silence (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    service_id VARCHAR(36),
    comment VARCHAR(500) NOT NULL,
    conditions TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_by VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE INDEX silence_by_ends_at ON silence (ends_at);
