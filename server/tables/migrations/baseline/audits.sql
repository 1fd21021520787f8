-- Who changed what, and the sums over what is sealed.

CREATE TABLE audit (
    seq SERIAL,
    id VARCHAR(36) NOT NULL,
    at BIGINT NOT NULL,
    actor_kind VARCHAR(20) NOT NULL,
    actor_id VARCHAR(36),
    actor_name VARCHAR(200) NOT NULL,
    verb VARCHAR(40) NOT NULL,
    object_kind VARCHAR(40) NOT NULL,
    object_id VARCHAR(36) NOT NULL,
    object_name VARCHAR(300) NOT NULL,
    team_id VARCHAR(36),
    differences TEXT NOT NULL,
    place BIGINT,
    link VARCHAR(64)
);
CREATE UNIQUE INDEX audit_only_id ON audit (id);
CREATE INDEX audit_by_object_id_seq ON audit (object_id, seq);
CREATE INDEX audit_by_actor_id_seq ON audit (actor_id, seq);
CREATE UNIQUE INDEX audit_only_place ON audit (place);
CREATE INDEX audit_by_unsealed ON audit (seq) WHERE place IS NULL;

CREATE TABLE chain (
    name VARCHAR(20) PRIMARY KEY NOT NULL,
    length BIGINT NOT NULL,
    link VARCHAR(64) NOT NULL
);

INSERT INTO chain (name, length, link) VALUES ('audit', 0, '');
