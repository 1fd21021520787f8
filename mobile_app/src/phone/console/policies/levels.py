"""An escalation policy as a sentence."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from phone.console.form.kind import Known
from shared.domain.paging.escalation import Level, Target

LISTS: Final = {"user": "people", "team": "teams", "schedule": "schedules"}


def target_name(known: Known, target: Target) -> str:
    """Whom a target means, by name."""
    if target.kind == "user":
        return known.person(target.id).said(known.words)
    name = known.name(LISTS[target.kind], target.id)
    return known.words("level.team", team=name) if target.kind == "team" else name


def level_names(known: Known, level: Level) -> str:
    """Everybody a level pages."""
    return known.words.names([target_name(known, target) for target in level.targets])


def policy_sentence(known: Known, levels: Sequence[Level], rounds: int) -> str:
    """Whom it pages, after how long whom next, and how often all that."""
    words = known.words
    if not levels:
        return words("policy.nobody")
    parts = [words("policy.first", who=level_names(known, levels[0]))]
    for before, level in pairwise(levels):
        parts.append(words("policy.then", span=wait(known, before.delay_s), who=level_names(known, level)))
    text = words("policy.comma").join(parts)
    return words("policy.rounds", text=text, count=rounds) if rounds > 1 else words("policy.once", text=text)


def wait(known: Known, delay_s: int) -> str:
    """A delay as it is said: minutes, or seconds below one."""
    words = known.words
    if delay_s < 60 or delay_s % 60:
        return words("policy.seconds", count=delay_s)
    return words("time.minutes", count=delay_s // 60)
