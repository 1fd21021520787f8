"""Sentences about how the reader is reached: structs in, catalogue texts out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from phone.base import moments, problems
from phone.base.i18n import Words
from phone.me.ways import ARRIVED, Trial, confirms
from shared.domain.paging.notification import Turn
from shared.wire.notifications import NotificationItem
from shared.wire.people import ContactMethod


def way(words: Words, turn: Turn, methods: Sequence[ContactMethod]) -> str:
    """Every address of a channel, or one of them by its name."""
    if turn.contact_method_id is not None:
        found = next((each for each in methods if each.id == turn.contact_method_id), None)
        return words("rule.way_named", name=found.name) if found else words("rule.gone")
    return words.first(f"rule.way_{turn.channel}", "rule.way_other", channel=turn.channel or "")


def rule(words: Words, steps: Sequence[Turn], methods: Sequence[ContactMethod]) -> str:
    """A rule in one sentence: "Push and webhook at once, email after 1 min."."""
    delays = sorted({step.delay_s for step in steps})
    parts: list[str] = []
    for delay_s in delays:
        ways = [way(words, step, methods) for step in steps if step.delay_s == delay_s]
        names = words.names(ways, last="rule.last_way")
        if delay_s == 0:
            parts.append(words("rule.at_once", ways=names))
        else:
            parts.append(words("rule.after", ways=names, span=span(words, delay_s)))
    told = words("rule.comma").join(parts)
    return words("rule.sentence", told=told[:1].upper() + told[1:])


def span(words: Words, seconds: int) -> str:
    """A delay: "30 s", "3 min"."""
    if seconds < 60 or seconds % 60:
        return words("time.seconds", count=seconds)
    return moments.span(words, timedelta(seconds=seconds))


def trial(words: Words, tried: Trial, name: str) -> str:
    """What came of a test, as far as anybody knows."""
    if tried.item is None:
        return words("trial.sending")
    state = tried.item.state
    took = f"{tried.took.total_seconds():.1f}" if tried.took is not None else ""
    if state in ARRIVED:
        return words("trial.reached", name=name, took=took)
    if state in ("failed", "cancelled", "discarded"):
        return words("trial.failed", reason=why(words, tried.item))
    if state == "accepted" and not confirms(tried.item):
        return words("trial.taken", took=took)
    if state == "accepted":
        return words("trial.unconfirmed" if tried.is_over else "trial.accepted", took=took)
    return words("trial.late") if tried.is_over else words("trial.sending")


def why(words: Words, item: NotificationItem) -> str:
    """The reason of a message that did not arrive."""
    return problems.reason(words, item.reason or item.state)


def three_am(now: datetime, zone_now: datetime) -> datetime:
    """The next three o'clock of the reader's night."""
    at = zone_now.replace(hour=3, minute=0, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)
