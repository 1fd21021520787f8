-- Addresses, and the messages on their way there.

CREATE TABLE address (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    channel VARCHAR(20) NOT NULL,
    route VARCHAR(40) NOT NULL,
    name VARCHAR(200) NOT NULL,
    label VARCHAR(200) NOT NULL,
    value_enc TEXT NOT NULL,
    value_hmac VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    last_receipt_at BIGINT,
    dead_at BIGINT,
    dead_reason VARCHAR(80),
    installation_id VARCHAR(100),
    session_id VARCHAR(36),
    device TEXT
);
CREATE UNIQUE INDEX address_only_user_id_channel_value_hmac ON address (user_id, channel, value_hmac);
CREATE INDEX address_by_session_id ON address (session_id);
CREATE INDEX address_by_channel_value_hmac ON address (channel, value_hmac);
CREATE INDEX address_by_installation_id ON address (installation_id) WHERE installation_id IS NOT NULL;

CREATE TABLE delivery (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    priority SMALLINT NOT NULL,
    channel VARCHAR(20) NOT NULL,
    address_id VARCHAR(36) NOT NULL,
    message TEXT NOT NULL,
    about VARCHAR(36),
    state VARCHAR(20) NOT NULL,
    attempts INTEGER NOT NULL,
    reason VARCHAR(120),
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT,
    cancelled_at BIGINT,
    accepted_at BIGINT,
    received_at BIGINT,
    displayed_at BIGINT,
    opened_at BIGINT,
    failed_at BIGINT,
    troubled_at BIGINT,
    acted_at BIGINT
);
CREATE INDEX delivery_by_state_created_at ON delivery (state, created_at);
CREATE INDEX delivery_by_about ON delivery (about) WHERE about IS NOT NULL;
CREATE INDEX delivery_by_created_at ON delivery (created_at);
CREATE INDEX delivery_by_address_id_created_at ON delivery (address_id, created_at);
CREATE INDEX delivery_by_channel_accepted_at ON delivery (channel, accepted_at);
CREATE INDEX delivery_by_channel_failed_at ON delivery (channel, failed_at);

CREATE TABLE contact_code (
    delivery_id VARCHAR(36) PRIMARY KEY NOT NULL,
    address_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    sent_at BIGINT NOT NULL,
    tries INTEGER NOT NULL
);
CREATE INDEX contact_code_by_address_id_sent_at ON contact_code (address_id, sent_at);
CREATE INDEX contact_code_by_user_id_sent_at ON contact_code (user_id, sent_at);

CREATE TABLE way_out (
    route VARCHAR(40) PRIMARY KEY NOT NULL
);

CREATE TABLE channel_setting (
    slug VARCHAR(20) PRIMARY KEY NOT NULL,
    config_enc TEXT,
    refused_told_at BIGINT,
    rev BIGINT NOT NULL
);

CREATE TABLE message_privacy (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    lock_screen VARCHAR(10) NOT NULL,
    rev BIGINT NOT NULL
);

INSERT INTO message_privacy (id, lock_screen, rev) VALUES ('account', 'full', 1);
