-- People, teams, and what they may.

CREATE TABLE user_account (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(120) NOT NULL,
    role VARCHAR(20) NOT NULL,
    password_hash TEXT NOT NULL,
    language VARCHAR(8) NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    totp_enc TEXT,
    totp_confirmed_at BIGINT,
    totp_last_step BIGINT,
    deactivated_at BIGINT,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_account_only_email ON user_account (email);

CREATE TABLE team (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(80) NOT NULL,
    is_private BOOLEAN NOT NULL,
    covers_need_approval BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_only_open_name ON team (name) WHERE archived_at IS NULL AND NOT is_private;

CREATE TABLE membership (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    is_manager BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX membership_only_user_id_team_id ON membership (user_id, team_id);
CREATE INDEX membership_by_team_id ON membership (team_id);

CREATE TABLE permission_set (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(80) NOT NULL,
    description VARCHAR(500) NOT NULL,
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX permission_set_only_name ON permission_set (name);

CREATE TABLE set_permission (
    id VARCHAR(96) PRIMARY KEY NOT NULL,
    set_id VARCHAR(36) NOT NULL,
    permission VARCHAR(40) NOT NULL
);
CREATE INDEX set_permission_by_set_id ON set_permission (set_id);
CREATE INDEX set_permission_by_permission ON set_permission (permission);

CREATE TABLE permission_grant (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    role_id VARCHAR(36) NOT NULL,
    scope_kind VARCHAR(20) NOT NULL,
    scope_id VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX permission_grant_only_user_id_role_id_scope_kind_scope_id
    ON permission_grant (user_id, role_id, scope_kind, scope_id);
CREATE INDEX permission_grant_by_role_id ON permission_grant (role_id);

CREATE TABLE invitation (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(80) NOT NULL,
    role VARCHAR(20) NOT NULL,
    language VARCHAR(8) NOT NULL,
    team_ids TEXT NOT NULL,
    round INTEGER NOT NULL,
    is_mailed BOOLEAN NOT NULL,
    invited_by VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX invitation_only_email ON invitation (email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
