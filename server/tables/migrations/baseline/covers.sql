-- Time off, cover requests, calendars out.

CREATE TABLE time_off (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    calendar_id VARCHAR(36),
    uid VARCHAR(300),
    created_at BIGINT NOT NULL,
    cancelled_at BIGINT
);
CREATE UNIQUE INDEX time_off_only_calendar_id_uid_start_at
    ON time_off (calendar_id, uid, start_at) WHERE calendar_id IS NOT NULL AND cancelled_at IS NULL;
CREATE INDEX time_off_by_user_id_end_at ON time_off (user_id, end_at);
CREATE INDEX time_off_by_end_at ON time_off (end_at);

CREATE TABLE time_off_calendar (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    name VARCHAR(80) NOT NULL,
    url_enc TEXT,
    read_at BIGINT,
    problem VARCHAR(300),
    created_at BIGINT NOT NULL,
    left_out TEXT NOT NULL
);
CREATE INDEX time_off_calendar_by_user_id ON time_off_calendar (user_id);

CREATE TABLE cover_asked (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    request_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL
);
CREATE INDEX cover_asked_by_user_id ON cover_asked (user_id);

CREATE TABLE cover_request (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    schedule_id VARCHAR(36) NOT NULL,
    requester_id VARCHAR(36) NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    asked TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    needs_approval BOOLEAN NOT NULL DEFAULT FALSE,
    accepted_by VARCHAR(36),
    decided_by VARCHAR(36),
    closed_because VARCHAR(20),
    override_id VARCHAR(36),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE INDEX cover_request_by_schedule_id_end_at ON cover_request (schedule_id, end_at);
CREATE INDEX cover_request_by_requester_id_end_at ON cover_request (requester_id, end_at);
CREATE INDEX cover_request_by_state_start_at ON cover_request (state, start_at);

CREATE TABLE calendar_feed (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    kind VARCHAR(20) NOT NULL,
    owner_id VARCHAR(36) NOT NULL,
    round INTEGER NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_feed_only_kind_owner_id ON calendar_feed (kind, owner_id);
