"""What a filter means in SQL, as far as the actor sees incidents."""

from datetime import datetime
from typing import Any

import msgspec

from server.accounts.actors import Actor
from server.kernel.database.text import containing
from server.kernel.errors import Invalid
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

_LABELLED = (
    "EXISTS (SELECT 1 FROM alert WHERE alert.incident_id = incident.id AND LOWER(alert.labels) LIKE :label ESCAPE '!')"
)


def where_of(actor: Actor, wanted: IncidentFilter) -> tuple[list[str], dict[str, Any]]:
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
        where.append("(LOWER(incident.title) LIKE :text ESCAPE '!' OR CAST(incident.number AS text) = :number)")
        args |= {"text": containing(text), "number": text.lstrip("#")}
    return where, args


def _within(where: list[str], args: dict[str, Any], since: datetime | None, until: datetime | None) -> None:
    if since is not None:
        where.append("incident.triggered_at >= :since")
        args["since"] = since
    if until is not None:
        where.append("incident.triggered_at < :until")
        args["until"] = until


def _label(label: str) -> str:
    """`key=value` as it stands in the JSON of an alert's labels, capitals aside."""
    key, equals, value = label.partition("=")
    if not key or not equals:
        raise Invalid.one("label", "not_a_label", "must be key=value")
    return containing(f"{msgspec.json.encode(key).decode()}:{msgspec.json.encode(value).decode()}")
