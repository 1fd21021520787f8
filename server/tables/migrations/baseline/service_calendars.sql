-- Hours of services.

CREATE TABLE service_calendar (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(40) NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    rest_weekdays TEXT NOT NULL,
    holidays TEXT NOT NULL,
    own_days TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX service_calendar_only_team_id_name ON service_calendar (team_id, name) WHERE archived_at IS NULL;

CREATE TABLE coverage_warning (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    service_id VARCHAR(36) NOT NULL,
    severity VARCHAR(20) NOT NULL,
    level BIGINT NOT NULL,
    hole_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX coverage_warning_only_service_id_severity_level_hole_at
    ON coverage_warning (service_id, severity, level, hole_at);
