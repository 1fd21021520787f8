-- Status pages.

CREATE TABLE status_page (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(120) NOT NULL,
    slug VARCHAR(63) NOT NULL,
    team_id VARCHAR(36) NOT NULL,
    is_public BOOLEAN NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    language VARCHAR(2) NOT NULL,
    domain VARCHAR(253),
    links TEXT NOT NULL,
    header TEXT NOT NULL,
    footer TEXT NOT NULL,
    accent VARCHAR(7),
    accent_dark VARCHAR(7),
    takes_subscribers BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE INDEX status_page_by_team_id ON status_page (team_id);
CREATE UNIQUE INDEX status_page_only_slug ON status_page (slug) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX status_page_only_domain ON status_page (domain) WHERE archived_at IS NULL AND domain IS NOT NULL;

CREATE TABLE status_image (
    id VARCHAR(56) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    slot VARCHAR(20) NOT NULL,
    media_type VARCHAR(40) NOT NULL,
    content BYTES NOT NULL
);
CREATE UNIQUE INDEX status_image_only_page_id_slot ON status_image (page_id, slot);

CREATE TABLE status_group (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    name TEXT,
    position INTEGER NOT NULL,
    is_uptime_hidden BOOLEAN NOT NULL
);
CREATE INDEX status_group_by_page_id ON status_group (page_id);

CREATE TABLE status_component (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    group_id VARCHAR(36) NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    position INTEGER NOT NULL,
    available_since_at BIGINT NOT NULL,
    is_uptime_hidden BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX status_component_by_page_id ON status_component (page_id);

CREATE TABLE status_event (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    number BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    title TEXT NOT NULL,
    status VARCHAR(20) NOT NULL,
    began_at BIGINT NOT NULL,
    closed_at BIGINT,
    starts_at BIGINT,
    ends_at BIGINT,
    is_by_time BOOLEAN NOT NULL,
    publish_at BIGINT,
    published_at BIGINT,
    created_by VARCHAR(36) NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX status_event_only_page_id_number ON status_event (page_id, number);
CREATE INDEX status_event_by_page_id_began_at ON status_event (page_id, began_at, id);

CREATE TABLE status_update (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    event_id VARCHAR(36) NOT NULL,
    at BIGINT NOT NULL,
    status VARCHAR(20) NOT NULL,
    body TEXT NOT NULL,
    changes TEXT NOT NULL,
    next_update_at BIGINT,
    edited_at BIGINT,
    is_notified BOOLEAN NOT NULL
);
CREATE INDEX status_update_by_event_id ON status_update (event_id);
CREATE INDEX status_update_by_page_id ON status_update (page_id);

CREATE TABLE status_update_version (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    event_id VARCHAR(36) NOT NULL,
    update_id VARCHAR(36) NOT NULL,
    was TEXT NOT NULL,
    is_removed BOOLEAN NOT NULL,
    changed_by VARCHAR(36) NOT NULL,
    changed_by_name VARCHAR(120) NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX status_update_version_by_event_id ON status_update_version (event_id);

CREATE TABLE status_event_link (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    event_id VARCHAR(36) NOT NULL,
    other_id VARCHAR(36) NOT NULL
);
CREATE INDEX status_event_link_by_event_id ON status_event_link (event_id);
CREATE INDEX status_event_link_by_other_id ON status_event_link (other_id);
CREATE INDEX status_event_link_by_page_id ON status_event_link (page_id);

CREATE TABLE status_template (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    name VARCHAR(80) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    status VARCHAR(20),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    changes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX status_template_only_page_id_name ON status_template (page_id, name);

CREATE TABLE status_rule (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    name VARCHAR(80) NOT NULL,
    service_ids TEXT NOT NULL,
    labels TEXT NOT NULL,
    severity VARCHAR(10) NOT NULL,
    template_id VARCHAR(36) NOT NULL,
    changes TEXT NOT NULL,
    approver_ids TEXT NOT NULL,
    resolves_by_itself BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    since_at BIGINT NOT NULL,
    saved_by VARCHAR(36) NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX status_rule_only_page_id_name ON status_rule (page_id, name);

CREATE TABLE status_match (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    rule_id VARCHAR(36) NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    proposal_id VARCHAR(36),
    matched_at BIGINT NOT NULL
);
CREATE INDEX status_match_by_proposal_id ON status_match (proposal_id) WHERE proposal_id IS NOT NULL;

CREATE TABLE status_proposal (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    rule_id VARCHAR(36) NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    state VARCHAR(20) NOT NULL,
    event_id VARCHAR(36),
    made_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by_name VARCHAR(120)
);
CREATE INDEX status_proposal_by_page_id ON status_proposal (page_id, id);
CREATE INDEX status_proposal_by_state ON status_proposal (state) WHERE state = 'asked';

CREATE TABLE status_publication (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    event_id VARCHAR(36) NOT NULL,
    incident_id VARCHAR(36) NOT NULL,
    rule_id VARCHAR(36),
    published_by VARCHAR(36) NOT NULL,
    is_told BOOLEAN NOT NULL
);
CREATE INDEX status_publication_by_event_id ON status_publication (event_id);
CREATE INDEX status_publication_by_incident_id ON status_publication (incident_id);

CREATE TABLE status_subscriber (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    email VARCHAR(254),
    user_id VARCHAR(36),
    language VARCHAR(2) NOT NULL,
    is_for_all BOOLEAN NOT NULL,
    component_ids TEXT NOT NULL,
    event_ids TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    is_imported BOOLEAN NOT NULL,
    failures INTEGER NOT NULL,
    failed_for VARCHAR(120)
);
CREATE UNIQUE INDEX status_subscriber_only_page_id_email ON status_subscriber (page_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX status_subscriber_only_page_id_user_id ON status_subscriber (page_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX status_subscriber_by_page_id ON status_subscriber (page_id, id);

CREATE TABLE status_letter (
    id VARCHAR(73) PRIMARY KEY NOT NULL,
    page_id VARCHAR(36) NOT NULL,
    event_id VARCHAR(36) NOT NULL,
    update_id VARCHAR(36) NOT NULL,
    subscriber_id VARCHAR(36) NOT NULL,
    label VARCHAR(254) NOT NULL,
    state VARCHAR(20) NOT NULL,
    reason VARCHAR(120),
    attempts INTEGER NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX status_letter_by_event_id ON status_letter (event_id, id);
