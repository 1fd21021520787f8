"""An escalation policy as a sentence."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from phone.console.form.kind import Known

LISTS: Final = {"user": "people", "team": "teams", "schedule": "schedules"}


def target_name(known: Known, target: Mapping[str, Any]) -> str:
    """Whom a target means, by name."""
    kind, ident = str(target["kind"]), str(target["id"])
    if kind == "user":
        return known.person(ident).said(known.words)
    name = known.name(LISTS[kind], ident)
    return known.words("level.team", team=name) if kind == "team" else name


def level_names(known: Known, level: Mapping[str, Any]) -> str:
    """Everybody a level pages."""
    return known.words.names([target_name(known, target) for target in level["targets"]])


def policy_sentence(known: Known, draft: Mapping[str, Any]) -> str:
    """Whom it pages, after how long whom next, and how often all that."""
    levels: Sequence[Mapping[str, Any]] = draft.get("levels") or []
    words = known.words
    if not levels:
        return words("policy.nobody")
    parts = [words("policy.first", who=level_names(known, levels[0]))]
    for before, level in pairwise(levels):
        parts.append(words("policy.then", span=wait(known, int(before["delay_s"])), who=level_names(known, level)))
    text = words("policy.comma").join(parts)
    rounds = int(draft.get("rounds") or 1)
    return words("policy.rounds", text=text, count=rounds) if rounds > 1 else words("policy.once", text=text)


def wait(known: Known, delay_s: int) -> str:
    """A delay as it is said: minutes, or seconds below one."""
    words = known.words
    if delay_s < 60 or delay_s % 60:
        return words("policy.seconds", count=delay_s)
    return words("time.minutes", count=delay_s // 60)
