"""What a filter means in SQL, as far as the actor sees incidents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from server.accounts.access.actors import Actor
from server.kernel.database import Database
from server.kernel.database.text import containing
from server.kernel.errors import Invalid
from shared.domain.pipeline.searching import Word, wanted_words
from shared.wire.incidents import IncidentFilter

PAGED = (
    "EXISTS (SELECT 1 FROM notification WHERE notification.user_id = :me"
    " AND notification.incident_id = incident.id AND notification.cycle = incident.cycle)"
)
MINE = f"(incident.acknowledged_by = :me OR {PAGED})"
_RESPONDS = (
    "(incident.acknowledged_by IN :responders OR EXISTS (SELECT 1 FROM notification"
    " WHERE notification.user_id IN :responders AND notification.incident_id = incident.id"
    " AND notification.cycle = incident.cycle))"
)

NEWEST_ALERTS = 10_000
"""How many alerts with the words are looked through for their incidents, the newest first: common words are in all."""
_SAID = (
    "incident.id IN (SELECT incident_id FROM alert WHERE seq IN ({newest}) AND service_id IN"
    " (SELECT id FROM service WHERE team_id IN :visible))"
)
_LABELLED = (
    "EXISTS (SELECT 1 FROM alert WHERE alert.incident_id = incident.id AND LOWER(alert.labels) LIKE :label ESCAPE '!')"
)


def where_of(db: Database, actor: Actor, wanted: IncidentFilter) -> tuple[list[str], dict[str, Any]]:
    """Clauses to be joined by AND, and their arguments; raises Invalid for a label that is none."""
    where = ["incident.team_id IN :visible"]
    args: dict[str, Any] = {"visible": tuple(actor.visible_ids), "me": actor.user_id}
    narrow: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("states", "incident.state IN :states", wanted.state),
        ("severities", "incident.severity IN :severities", wanted.severity),
        ("services", "incident.service_id IN :services", wanted.service_id),
        ("teams", "incident.team_id IN :teams", wanted.team_id),
        ("responders", _RESPONDS, wanted.responder_id),
    )
    for name, clause, values in narrow:
        if values:
            where.append(clause)
            args[name] = values
    if wanted.scope == "mine":
        where.append(MINE)
    if wanted.scope == "teams":
        where.append("incident.team_id IN :my_teams")
        args["my_teams"] = tuple(actor.team_ids)
    if not wanted.merged:
        where.append("incident.merged_into IS NULL")
    _within(where, args, wanted.since, wanted.until)
    for n, label in enumerate(wanted.label):
        where.append(_LABELLED.replace(":label", f":label{n}"))
        args[f"label{n}"] = _label(label)
    if text := wanted.q.strip().replace("\0", ""):
        said, words = found_in_alerts(db, text)
        where.append(
            f"(LOWER(incident.title) LIKE :text ESCAPE '!' OR CAST(incident.number AS text) = :number OR {said})"
        )
        args |= {"text": containing(text), "number": text.lstrip("#"), **words}
    return where, args


def found_in_alerts(db: Database, text: str) -> tuple[str, dict[str, Any]]:
    """The clause for incidents of which an alert says all the words now, and its arguments but `visible` teams."""
    words = wanted_words(text)
    if not words:
        return "1 = 0", {}
    table, seq, clause, query = words_match(db, words)
    newest = f"SELECT {seq} FROM {table} WHERE {clause} ORDER BY {seq} DESC LIMIT {NEWEST_ALERTS}"  # noqa: S608 fixed
    return _SAID.format(newest=newest), {"words": query}


def words_match(db: Database, words: Sequence[Word]) -> tuple[str, str, str, str]:
    """The engine's own full text search: table, number of an alert, clause over `words`, and what those are.

    Every word must be there.
    """
    if db.dialect == "sqlite":
        query = " AND ".join(f'"{word.text}"{" *" if word.is_prefix else ""}' for word in words)
        return "alert_words", "alert_words.rowid", "alert_words MATCH :words", query
    query = " & ".join(f"'{word.text}'{':*' if word.is_prefix else ''}" for word in words)
    clause = "array_to_tsvector(string_to_array(alert.words, ' ')) @@ CAST(:words AS tsquery)"
    return "alert", "alert.seq", clause, query


def _within(where: list[str], args: dict[str, Any], since: datetime | None, until: datetime | None) -> None:
    if since is not None:
        where.append("incident.triggered_at >= :since")
        args["since"] = since
    if until is not None:
        where.append("incident.triggered_at < :until")
        args["until"] = until


def is_label(label: str) -> bool:
    """Whether it names a label and its value, `key=value`."""
    key, equals, _ = label.partition("=")
    return bool(key and equals)


def _label(label: str) -> str:
    """`key=value` as it stands in the JSON of an alert's labels, capitals aside."""
    if not is_label(label):
        raise Invalid.one("label", "not_a_label", "must be key=value")
    key, _, value = label.partition("=")
    return containing(f"{msgspec.json.encode(key).decode()}:{msgspec.json.encode(value).decode()}")
