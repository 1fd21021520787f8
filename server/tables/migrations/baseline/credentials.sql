-- What people and programs prove themselves by.

CREATE TABLE "session" (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    device VARCHAR(200) NOT NULL,
    family_hash VARCHAR(64) NOT NULL,
    generation BIGINT NOT NULL,
    access_hash VARCHAR(64) NOT NULL,
    access_until BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    used_generation BIGINT NOT NULL,
    proven_at BIGINT
);
CREATE UNIQUE INDEX session_only_access_hash ON session (access_hash);
CREATE UNIQUE INDEX session_only_family_hash ON session (family_hash);
CREATE INDEX session_by_user_id ON session (user_id);

CREATE TABLE recovery_code (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    code_hash VARCHAR(64) NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX recovery_code_only_user_id_code_hash ON recovery_code (user_id, code_hash);

CREATE TABLE password_reset (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36),
    is_mailed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX password_reset_by_user_id ON password_reset (user_id);
CREATE INDEX password_reset_by_expires_at ON password_reset (expires_at);

CREATE TABLE api_key (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(80) NOT NULL,
    key_hash VARCHAR(64) NOT NULL,
    hint VARCHAR(20) NOT NULL,
    scopes TEXT NOT NULL,
    team_id VARCHAR(36),
    made_by VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_key_only_key_hash ON api_key (key_hash);
CREATE INDEX api_key_by_made_by ON api_key (made_by);

CREATE TABLE pairing_code (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    code_hash VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    undone_at BIGINT,
    session_id VARCHAR(36)
);
CREATE UNIQUE INDEX pairing_code_only_code_hash ON pairing_code (code_hash);
CREATE INDEX pairing_code_by_expires_at ON pairing_code (expires_at);
