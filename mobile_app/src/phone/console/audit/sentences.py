"""The audit trail in words: what was done, which fields, from what to what."""

import re
from datetime import datetime
from typing import Any, Final, cast

from phone.base import moments
from phone.base.i18n import Words
from phone.base.people import People
from phone.console.form.kind import Known
from phone.console.policies.levels import wait
from shared.domain.differences import Difference
from shared.wire.audit import AuditEntry
from shared.wire.lists import Ref

NAMES: Final = {
    "team_id": "teams",
    "policy_id": "policies",
    "service_id": "services",
    "integration_id": "integrations",
    "schedule_id": "schedules",
    "user_id": "people",
    "user_ids": "people",
    "created_by": "people",
    "accepted_by": "people",
    "team_ids": "teams",
}
UNTOLD: Final = ("id", "rev", "can", "may_edit", "updated_at")
"""What the server computes for who asks, or counts by itself."""
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LONGEST: Final = 120


def done(words: Words, entry: AuditEntry) -> str:
    """The verb, with the names of the fields that a change touched."""
    verb = words.first(f"audit.{entry.verb}", "audit.other", verb=entry.verb.replace("_", " "))
    fields = list(dict.fromkeys(field_name(words, each.field) for each in entry.differences if each.field))
    if entry.verb != "changed" or not fields:
        return verb
    return words("audit.fields", verb=verb, fields=words.names(fields[:3]))


def doer(known: Known, entry: AuditEntry) -> People:
    """Who did it."""
    ident = entry.actor_id if entry.actor_kind == "user" else None
    return known.reader.person(Ref(ident or "", entry.actor_name or known.words("audit.system")))


def lines(known: Known, entry: AuditEntry) -> list[str]:
    """One line per field that is different now."""
    found: list[str] = []
    for each in entry.differences:
        if each.field and re.split(r"[.\[]", each.field)[0] in UNTOLD:
            continue
        if each.field:
            found.append(_line(known, each, field_name(known.words, each.field)))
        else:
            state = each.after if each.after is not None else each.before
            if isinstance(state, dict):
                found += _fields(known, cast(dict[str, Any], state))
    return found


def _fields(known: Known, state: dict[str, Any]) -> list[str]:
    return [
        known.words("audit.value", field=field_name(known.words, name), value=_told(known, name, value))
        for name, value in state.items()
        if value not in (None, "", [], {}) and name not in UNTOLD
    ]


def _line(known: Known, each: Difference, name: str) -> str:
    leaf = re.split(r"[.\[]", each.field)[-1]
    if leaf == "delay_s" and (level := re.match(r"levels\[(\d+)\]", each.field)):
        name = known.words("audit.level_waits", number=int(level[1]) + 1)
    elif each.field.startswith("config."):
        name = leaf.replace("_", " ")
    before, after = _told(known, leaf, each.before), _told(known, leaf, each.after)
    return known.words("change.line", label=name, before=before, after=after)


def field_name(words: Words, path: str) -> str:
    """A field as forms call it; a level of a policy by its number."""
    top = re.split(r"[.\[]", path)[0].removesuffix("_id").removesuffix("_url")
    if f"field.{top}" in _SAID:
        return words(f"field.{top}")
    key = f"audit_field.{top}"
    return words(key) if words.has(key) else path.split(".")[-1].replace("_", " ")


_SAID: Final = {
    f"field.{name}"
    for name in (
        "name",
        "team",
        "policy",
        "description",
        "runbook",
        "grouping",
        "service",
        "source",
        "rounds",
        "role",
        "language",
        "time_zone",
        "permissions",
        "email",
        "teams",
    )
}


def _told(known: Known, leaf: str, value: Any) -> str:
    words = known.words
    if value is None or value in ("", [], {}):
        return words("change.nothing")
    if leaf == "delay_s" and isinstance(value, int):
        return wait(known, value)
    if isinstance(value, bool):
        return words("change.on" if value else "change.off")
    if isinstance(value, str):
        return _text(known, leaf, value)
    if isinstance(value, list):
        told = [_told(known, leaf, each) for each in cast(list[Any], value)]
        return _cut(words.names(told))
    if isinstance(value, dict):
        return _object(known, cast(dict[str, Any], value))
    return _cut(str(value))


def _text(known: Known, leaf: str, value: str) -> str:
    """A name for an id, a moment of the reader's zone for an instant, else what stands there."""
    if leaf in NAMES:
        return known.name(NAMES[leaf], value)
    if leaf == "state":
        return known.words.first(f"audit_state.{value}", "audit.other", verb=value)
    if INSTANT.fullmatch(value):
        return moments.moment(known.words, datetime.fromisoformat(value), now=known.now, zone=known.reader.zone)
    return _cut(value)


def _object(known: Known, pairs: dict[str, Any]) -> str:
    if isinstance(pairs.get("name"), str) and pairs["name"]:
        return _cut(pairs["name"])
    if pairs.get("kind") == "person" and pairs.get("user_id"):
        return known.name("people", str(pairs["user_id"]))
    if {"kind", "id"} <= pairs.keys():
        slug = {"user": "people", "team": "teams", "schedule": "schedules"}.get(str(pairs["kind"]), "people")
        return known.name(slug, str(pairs["id"]))
    return _cut(known.words.names([_told(known, name, each) for name, each in pairs.items() if each]))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
