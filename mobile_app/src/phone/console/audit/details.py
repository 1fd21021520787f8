"""What changed, field by field, in the reader's words; what has no words is counted, never shown as it is kept."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

import msgspec

from phone.base import moments
from phone.console.audit.nested import nested
from phone.console.audit.said import Said
from phone.console.form.kind import Known
from phone.console.policies.levels import target_name, wait
from phone.console.roles.kind import permission_said
from shared.domain.differences import Difference
from shared.domain.paging.escalation import Target
from shared.wire.audit import AuditEntry
from shared.wire.lists import Ref

LABELS: Final[Mapping[str, str]] = {
    "name": "field.name",
    "team_id": "field.team",
    "team_ids": "field.teams",
    "policy_id": "field.policy",
    "service_id": "field.service",
    "integration_id": "audit_field.integration",
    "description": "field.description",
    "runbook_url": "field.runbook",
    "grouping": "field.grouping",
    "rounds": "field.rounds",
    "levels": "audit_field.levels",
    "config": "audit_field.config",
    "role": "field.role",
    "language": "field.language",
    "time_zone": "field.time_zone",
    "email": "field.email",
    "permissions": "field.permissions",
    "scopes": "field.permissions",
    "is_private": "audit_field.is_private",
    "covers_need_approval": "field.covers_need_approval",
    "is_manager": "audit_field.is_manager",
    "start": "audit_field.start",
    "starts_at": "audit_field.start",
    "end": "audit_field.end",
    "ends_at": "audit_field.end",
    "until": "audit_field.end",
    "expires_at": "field.lasting",
    "user_id": "audit_field.user",
    "user_ids": "audit_field.user_ids",
    "scope": "audit_field.scope",
    "state": "audit_field.state",
    "accepted_by": "audit_field.taken_by",
    "decided_by": "audit_field.decided_by",
    "asked": "audit_field.asked",
    "title": "audit_field.title",
    "text": "audit_field.text",
    "body": "audit_field.text",
    "comment": "audit_field.text",
    "severity": "audit_field.severity",
    "reason": "audit_field.reason",
    "stage": "audit_field.stage",
    "position": "audit_field.position",
    "effect": "audit_field.effect",
    "conditions": "audit_field.conditions",
    "is_enabled": "audit_field.is_enabled",
    "layers": "audit_field.layers",
    "notices": "audit_field.notices",
    "overlap": "audit_field.overlap",
    "description_in_notices": "audit_field.description_in_notices",
    "critical": "audit_field.critical",
    "warning": "audit_field.warning",
    "info": "audit_field.info",
    "lock_screen": "lock_screen.title",
    "rest_weekdays": "field.rest_weekdays",
    "holidays": "field.holidays",
    "own_days": "section.own_days",
    "query": "audit_field.query",
    "is_default": "audit_field.is_default",
    "impact": "review.impact",
    "root_cause": "review.root_cause",
    "method": "review.method",
    "lessons": "review.lessons",
    "level": "audit_field.level",
    "seconds": "audit_field.lasts",
}
OF_THE_WHOLE: Final = (
    *(
        "team_id",
        "service_id",
        "policy_id",
        "integration_id",
        "role",
        "scopes",
        "permissions",
        "scope",
        "reason",
        "text",
        "severity",
    ),
    *("impact", "root_cause", "method", "lessons", "title", "description", "user_ids", "until", "level", "seconds"),
)
"""What is told of something that was made or removed, beside its sentence."""
COUNTED: Final = ("can", "may_edit", "is_member", "warnings", "changes", "members", "used_by", "override_id")
STAMPS: Final = re.compile(r"(created|updated|accepted|withdrawn|deactivated|archived|cancelled|declined|totp)\w*_at")
"""What follows from the rest, or is counted by the server."""
LISTS: Final = {
    "team_id": "teams",
    "team_ids": "teams",
    "policy_id": "policies",
    "service_id": "services",
    "integration_id": "integrations",
    "schedule_id": "schedules",
}
PERSONS: Final = ("user_id", "user_ids", "accepted_by", "decided_by", "asked")
WRITTEN: Final = (
    *("name", "description", "runbook_url", "email", "time_zone", "title", "text", "body", "comment", "reason"),
    *("impact", "root_cause", "method", "lessons"),
)
"""What people wrote, shown as it stands."""
CODES: Final = {
    "role": "role",
    "language": "language",
    "state": "audit_state",
    "severity": "severity",
    "overlap": "overlap",
    "stage": "audit_stage",
    "lock_screen": "lock_screen",
    "is_private": "audit_private",
}
IN_LANGUAGES: Final = re.compile(r"(?P<field>\w+)\.(?P<language>en|zh)")
"""What is written in several languages, each a field of its own."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST: Final = 120


def lines(known: Known, entry: AuditEntry) -> list[str]:
    """One line for each field that is different now, or that says more of what was made or removed."""
    return [each.told for each in details(known, entry)]


def details(known: Known, entry: AuditEntry) -> list[Said]:
    """The same with what stood before and what stands there now, apart."""
    found: list[Said] = []
    untold = 0
    for each in entry.differences:
        if not each.field:
            found += _whole(known, each, entry.object_name)
        elif _top(each.field) in LABELS:
            found.append(_line(known, each))
        elif not _is_counted(_top(each.field)):
            untold += 1
    found = list(dict.fromkeys(found))
    return [*found, Said(known.words("audit.untold", count=untold))] if untold else found


def _is_counted(name: str) -> bool:
    return name in COUNTED or STAMPS.fullmatch(name) is not None


def _top(field: str) -> str:
    return re.split(r"[.\[]", field)[0]


def _whole(known: Known, each: Difference, called: str) -> list[Said]:
    state = each.after if each.after is not None else each.before
    if not isinstance(state, dict):
        return []
    pairs = [(name, cast(dict[str, Any], state).get(name)) for name in OF_THE_WHOLE]
    told = [(name, _value(known, name, value)) for name, value in pairs if not _is_nothing(value)]
    return [
        Said(known.words("audit.value", field=known.words(LABELS[name]), value=value))
        for name, value in told
        if value and value.strip() and value != called
    ]


def _line(known: Known, each: Difference) -> Said:
    inside = nested(known, each)
    if inside is not None:
        return inside
    words, leaf = known.words, re.split(r"[.\[]", each.field)[-1]
    label = words(LABELS[_top(each.field)])
    if level := re.match(r"levels\[(\d+)\](?:\.(\w+))?", each.field):
        key = "audit.level_waits" if level[2] == "delay_s" else "level.title"
        label, leaf = words(key, number=int(level[1]) + 1), level[2] or "level_of_policy"
    elif (written := IN_LANGUAGES.fullmatch(each.field)) and written["field"] in WRITTEN:
        leaf = written["field"]
        label = words("audit.in_language", label=label, language=words(f"language.{written['language']}"))
    elif _top(each.field) != each.field:
        leaf = f"{_top(each.field)}.{leaf}"
    before, after = (_value(known, leaf, value) for value in (each.before, each.after))
    return Said.changed(words, label, before, after)


def _value(known: Known, leaf: str, value: Any) -> str | None:
    """As the reader says it; None where there are no words for it."""
    words = known.words
    if _is_nothing(value):
        return words("change.nothing")
    if leaf in PERSONS:
        return _persons(known, value)
    if leaf in LISTS:
        several = cast(list[Any], value) if isinstance(value, list) else [value]
        return words.names([known.name(LISTS[leaf], str(each)) for each in several])
    if leaf in CODES:
        return _coded(known, CODES[leaf], value)
    if leaf in WRITTEN:
        return _cut(_in_one_language(known, value))
    if isinstance(value, bool):
        return words("change.on" if value else "change.off")
    return _special(known, leaf, value)


def _in_one_language(known: Known, value: Any) -> str:
    """What was written in several: the reader's, else another that there is."""
    if not isinstance(value, dict):
        return str(value)
    written = {language: str(text) for language, text in cast(dict[str, Any], value).items() if text}
    return written.get(known.words.language) or next(iter(written.values()), "")


def _special(known: Known, leaf: str, value: Any) -> str | None:
    words = known.words
    match leaf:
        case "delay_s" | "seconds" if isinstance(value, int):
            return wait(known, value)
        case "targets" | "level_of_policy":
            targets: Any = cast(dict[str, Any], value).get("targets") if isinstance(value, dict) else value
            several = _targets(targets)
            return words.names([target_name(known, each) for each in several]) if several else None
        case "permissions" | "scopes" if isinstance(value, list):
            return words.names([permission_said(known, str(each)) for each in cast(list[Any], value)])
        case "rest_weekdays" if isinstance(value, list):
            days = [str(each) for each in cast(list[Any], value)]
            return words.names([words(f"day.{WEEKDAYS.index(each)}") for each in days if each in WEEKDAYS])
        case "scope" if isinstance(value, dict) and cast(dict[str, Any], value).get("kind") == "person":
            return known.person(cast(dict[str, Any], value).get("user_id")).said(words, begins=True)
        case "grouping" if isinstance(value, dict):
            return _coded(known, "grouping_by", cast(dict[str, Any], value).get("by"))
        case "grouping.by":
            return _coded(known, "grouping_by", value)
        case "start" | "starts_at" | "end" | "ends_at" | "until" | "expires_at":
            return _moment(known, value)
        case _:
            return str(value) if isinstance(value, int | float) else None


def _targets(value: Any) -> tuple[Target, ...]:
    try:
        return msgspec.convert(value, tuple[Target, ...])
    except msgspec.ValidationError:
        return ()


def _coded(known: Known, family: str, value: Any) -> str | None:
    if isinstance(value, dict):
        return _cut(str(cast(dict[str, Any], value).get("name", ""))) or None
    key = f"{family}.{str(value).lower()}"
    return known.words(key) if known.words.has(key) else None


def _persons(known: Known, value: Any) -> str:
    several = cast(list[Any], value) if isinstance(value, list) else [value]
    return known.reader.people([_ref(known, each) for each in several]).said(known.words, begins=True)


def _ref(known: Known, value: Any) -> Ref:
    if not isinstance(value, dict):
        return Ref(str(value), known.name("people", str(value)))
    told = cast(dict[str, Any], value)
    told = cast(dict[str, Any], told.get("user") or told)
    return Ref(str(told.get("id", "")), str(told.get("name", "")))


def _moment(known: Known, value: Any) -> str | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moments.moment(known.words, at, now=known.now, zone=known.reader.zone)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
