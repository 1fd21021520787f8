-- Incidents, and who takes part.

CREATE TABLE incident (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    number BIGINT NOT NULL,
    service_id VARCHAR(36),
    team_id VARCHAR(36) NOT NULL,
    integration_id VARCHAR(36),
    opened_by VARCHAR(36),
    title VARCHAR(1024) NOT NULL,
    description TEXT,
    group_key VARCHAR(255) NOT NULL,
    group_open BOOLEAN NOT NULL,
    state VARCHAR(20) NOT NULL,
    severity VARCHAR(10) NOT NULL,
    severity_pinned BOOLEAN NOT NULL,
    cycle INTEGER NOT NULL,
    alert_count INTEGER NOT NULL,
    open_alert_count INTEGER NOT NULL,
    triggered_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by VARCHAR(36),
    snoozed_until BIGINT,
    silenced_until BIGINT,
    pages_anyway BOOLEAN NOT NULL DEFAULT FALSE,
    merged_into VARCHAR(36),
    resolved_at BIGINT,
    resolved_by VARCHAR(36),
    impact TEXT,
    root_cause TEXT,
    method TEXT,
    lessons TEXT,
    undo TEXT,
    timeline_n INTEGER NOT NULL,
    timeline_hash VARCHAR(64) NOT NULL,
    rev BIGINT NOT NULL,
    decided BIGINT NOT NULL DEFAULT 0,
    sealed_n INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX incident_only_number ON incident (number);
CREATE INDEX incident_by_state_triggered_at ON incident (state, triggered_at);
CREATE INDEX incident_by_team_id_triggered_at ON incident (team_id, triggered_at);
CREATE INDEX incident_by_triggered_at ON incident (triggered_at);
CREATE INDEX incident_by_merged_into ON incident (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX incident_by_service_id_resolved_at ON incident (service_id, resolved_at);
CREATE INDEX incident_by_silenced_until ON incident (silenced_until) WHERE silenced_until IS NOT NULL;
CREATE UNIQUE INDEX incident_only_group_key_service_id ON incident (group_key, service_id) WHERE group_open;

CREATE TABLE incident_responder (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    asked_by VARCHAR(36) NOT NULL,
    asked_at BIGINT NOT NULL,
    step INTEGER,
    answered_at BIGINT
);
CREATE UNIQUE INDEX incident_responder_only_incident_id_user_id ON incident_responder (incident_id, user_id);

CREATE TABLE incident_follower (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    since_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX incident_follower_only_incident_id_user_id ON incident_follower (incident_id, user_id);

CREATE TABLE saved_filter (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    name VARCHAR(80) NOT NULL,
    query TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_filter_only_user_id_name ON saved_filter (user_id, name);
