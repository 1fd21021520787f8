-- Policies, and the runs that follow a snapshot of one.

CREATE TABLE escalation_policy (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(120) NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    levels TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX escalation_policy_only_team_id_name
    ON escalation_policy (team_id, name) WHERE archived_at IS NULL;

CREATE TABLE policy_target (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    policy_id VARCHAR(36) NOT NULL,
    target_id VARCHAR(36) NOT NULL
);
CREATE INDEX policy_target_by_policy_id ON policy_target (policy_id);
CREATE INDEX policy_target_by_target_id ON policy_target (target_id);

CREATE TABLE escalation_run (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    cycle INTEGER NOT NULL,
    policy_id VARCHAR(36),
    policy_json TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    step INTEGER NOT NULL,
    position INTEGER NOT NULL,
    next_at BIGINT,
    levels_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX escalation_run_only_incident_id_cycle ON escalation_run (incident_id, cycle);

CREATE TABLE escalation_step (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    cycle INTEGER NOT NULL,
    step INTEGER NOT NULL,
    level INTEGER NOT NULL,
    round INTEGER NOT NULL,
    at BIGINT NOT NULL,
    outcome VARCHAR(20) NOT NULL,
    reason VARCHAR(80),
    targets TEXT NOT NULL
);
CREATE UNIQUE INDEX escalation_step_only_incident_id_cycle_step ON escalation_step (incident_id, cycle, step);
