"""The audit trail in sentences: who did what to which object, as the reader says it."""

from datetime import datetime
from typing import Any, Final, cast

import msgspec

from phone.base import moments
from phone.base.device.naming import device_said
from phone.base.i18n import Pieces
from phone.base.people import People
from phone.console.condition_words import conditions_said
from phone.console.form.kind import Known
from shared.domain.pipeline.conditions import Conditions
from shared.wire.audit import AuditEntry
from shared.wire.lists import Ref

ADDRESSES: Final = ("contact_method", "notification")
"""Kinds whose name begins with the code of a channel."""
UNNAMED: Final = ("", "…")


def sentence(known: Known, entry: AuditEntry, *, beside: bool = False) -> Pieces:
    """What was done, by whom; `beside` the object's form, the object is "it"."""
    words, facts = known.words, _facts(entry)
    who, person = doer(known, entry), known.person(str(facts.get("user_id") or ""))
    count = len(cast(list[Any], facts.get("people") or ()))
    people = _people(known, entry, facts)
    return words.pieces(
        _key(
            known,
            entry,
            is_own=(people or person).same_as(who),
            are_many=count > 0,
            manages=facts.get("is_manager"),
            says=_said(entry, facts),
        ),
        who=who,
        what=words("audit.it") if beside else _what(known, entry),
        name=_name(known, entry),
        person=person,
        people=people or person,
        policy=known.name("policies", facts.get("policy_id")),
        alerts=_alerts(known, facts) if entry.object_kind == "silence" else "",
        role=_named(facts.get("role")),
        other=_merged(known, facts),
        when=_when(known, facts),
        count=count,
    )


def _key(known: Known, entry: AuditEntry, *, is_own: bool, are_many: bool, manages: object, says: str) -> str:
    """The catalogue's key, the most special first."""
    words, verb = known.words, entry.verb
    of_kind = f"audit.{verb}.{entry.object_kind}"
    keys = [f"{of_kind}_many"] * are_many + [f"audit.{verb}_self"] * is_own
    keys += [f"audit.{verb}_{says}"] * bool(says)
    keys += [f"audit.{verb}_manager"] * (manages is True) + [f"audit.{verb}_no_manager"] * (manages is False)
    keys += [f"audit.{verb}_unnamed"] * (_name(known, entry) in UNNAMED)
    return next((each for each in (*keys, of_kind, f"audit.{verb}") if words.has(each)), "audit.other")


def doer(known: Known, entry: AuditEntry) -> People:
    """Who did it: a person, a program by its key, or Dogwatch itself."""
    ident = entry.actor_id if entry.actor_kind == "user" else None
    name = entry.actor_name or known.words("audit.system")
    if entry.actor_kind == "api_key":
        name = known.words("audit.by_key", name=name)
    return known.reader.person(Ref(ident or "", name))


def _facts(entry: AuditEntry) -> dict[str, Any]:
    """What was made or removed, as a whole; nothing where only fields of it changed."""
    whole = next((each for each in entry.differences if not each.field), None)
    state = None if whole is None else whole.after if whole.after is not None else whole.before
    return cast(dict[str, Any], state) if isinstance(state, dict) else {}


def _said(entry: AuditEntry, facts: dict[str, Any]) -> str:
    """Of what an entry says more than its object: the people or the policy that a verb is about, the alerts."""
    if entry.object_kind == "silence":
        return "alerts" if "ends_at" in facts else ""
    if entry.verb == "merge":
        return "into" if isinstance(facts.get("into"), dict) else "from" if _sources(facts) else ""
    return "people" if facts.get("user_ids") else "policy" if facts.get("policy_id") else ""


def _sources(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """What went into it; trails of before name only ids."""
    return [each for each in cast(list[Any], facts.get("sources") or ()) if isinstance(each, dict)]


def _merged(known: Known, facts: dict[str, Any]) -> str:
    """The other incidents of a merge, by number and title."""
    into = facts.get("into")
    others = [cast(dict[str, Any], into)] if isinstance(into, dict) else _sources(facts)
    words = known.words
    return (
        words.names(
            [f"{words('incident.number', number=each.get('number', ''))} {each.get('title', '')}" for each in others]
        )
        if others
        else ""
    )


def _people(known: Known, entry: AuditEntry, facts: dict[str, Any]) -> People | None:
    """Those that a verb on an incident is about; None where the entry names nobody."""
    named = [str(each) for each in cast(list[Any], facts.get("user_ids") or ())]
    if entry.verb == "follow" and not named and "user_ids" in facts:
        return doer(known, entry)
    return known.reader.people([Ref(each, known.name("people", each)) for each in named]) if named else None


def _alerts(known: Known, facts: dict[str, Any]) -> str:
    """Which alerts a silence is about."""
    try:
        conditions = conditions_said(known, msgspec.convert(facts.get("conditions") or (), Conditions))
    except msgspec.ValidationError:
        conditions = ""
    service = facts.get("service_id")
    owner = known.name("services", service) if service else known.name("teams", facts.get("team_id"))
    key = "audit.alerts_where" if conditions else "audit.alerts_all"
    return known.words(key, owner=owner, conditions=conditions)


def _what(known: Known, entry: AuditEntry) -> str:
    words = known.words
    if entry.object_kind == "user":
        if entry.actor_id == entry.object_id:
            return words("audit.own_account", who=doer(known, entry))
        return words("audit.account", person=known.reader.person(Ref(entry.object_id, entry.object_name)))
    kind, name = words.first(f"audit_kind.{entry.object_kind}", "audit_kind.other"), _name(known, entry)
    return words("audit.an_object", kind=kind) if name in UNNAMED else words("audit.object", kind=kind, name=name)


def _name(known: Known, entry: AuditEntry) -> str:
    words, name = known.words, entry.object_name
    if entry.object_kind in ADDRESSES:
        channel, _, label = name.partition(" ")
        key = f"channel.{channel}"
        return f"{words(key)} {label}" if words.has(key) else name
    if entry.object_kind == "session":
        return device_said(name)
    if entry.object_kind == "channel":
        key = f"channel.{entry.object_id}"
        return words(key) if words.has(key) else name
    if entry.object_kind == "incident" and name.startswith("#"):
        number, _, title = name[1:].partition(" ")
        return f"{words('incident.number', number=number)} {title}"
    return name


def _named(value: Any) -> str:
    return str(cast(dict[str, Any], value).get("name", "")) if isinstance(value, dict) else ""


def _when(known: Known, facts: dict[str, Any]) -> str:
    """From when to when, where it is about hours."""
    try:
        ends = ("starts_at", "ends_at") if "ends_at" in facts else ("start", "end")
        start, end = (datetime.fromisoformat(str(facts[name])) for name in ends)
    except (KeyError, ValueError):
        return ""
    return moments.stretch(known.words, start, end, known.reader.zone, now=known.now)
