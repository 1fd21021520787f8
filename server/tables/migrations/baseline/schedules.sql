-- Schedules, overrides, planned turns, and what was announced.

CREATE TABLE schedule (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(40) NOT NULL,
    description VARCHAR(500) NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    overlap VARCHAR(20) NOT NULL,
    layers TEXT NOT NULL,
    former TEXT NOT NULL DEFAULT '[]',
    description_in_notices BOOLEAN NOT NULL DEFAULT FALSE,
    notices TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX schedule_only_team_id_name ON schedule (team_id, name) WHERE archived_at IS NULL;

CREATE TABLE schedule_member (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    named_id VARCHAR(36) NOT NULL
);
CREATE INDEX schedule_member_by_schedule_id ON schedule_member (schedule_id);
CREATE INDEX schedule_member_by_named_id ON schedule_member (named_id);

CREATE TABLE "override" (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    scope TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR(36) NOT NULL,
    cancelled_at BIGINT
);
CREATE INDEX override_by_user_id_end_at ON override (user_id, end_at);
CREATE INDEX override_by_schedule_id_end_at ON override (schedule_id, end_at);

CREATE TABLE on_call_role (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(40) NOT NULL,
    is_built_in BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX on_call_role_only_name ON on_call_role (name);

CREATE TABLE planned_turn (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    layer_id VARCHAR(36) NOT NULL,
    turn INTEGER NOT NULL,
    group_index INTEGER NOT NULL,
    against_time_off BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX planned_turn_only_schedule_id_layer_id_turn ON planned_turn (schedule_id, layer_id, turn);

CREATE TABLE shift_notice (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    about_at BIGINT NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX shift_notice_only_schedule_id_kind_about_at_user_id
    ON shift_notice (schedule_id, kind, about_at, user_id);
CREATE INDEX shift_notice_by_sent_at ON shift_notice (sent_at);

CREATE TABLE shift_remark (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    text VARCHAR(2000) NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX shift_remark_by_schedule_id_created_at ON shift_remark (schedule_id, created_at);

CREATE TABLE shift_change (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    made_by VARCHAR(36) NOT NULL,
    made_at BIGINT NOT NULL,
    changes TEXT NOT NULL
);
CREATE INDEX shift_change_by_made_at ON shift_change (made_at);

INSERT INTO on_call_role (id, name, is_built_in, created_at, rev)
    VALUES ('primary', 'primary', TRUE, 0, 1), ('backup', 'backup', TRUE, 0, 1);
