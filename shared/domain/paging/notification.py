"""How one person is told: which addresses, in which order, and when."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.domain.alerts import Severity

LOOK_AFTER = timedelta(seconds=60)
LONGEST_DELAY_S = 3600
LATE_FIRST_STEP_S = 60
NEXT_BEST = ("push", "webhook", "email")


def look_again_at(states: Collection[str], *, first_at: datetime, is_fallback: bool, now: datetime) -> datetime | None:
    """When to look at the pages of a step again; None when nobody will be reached and the next step must not wait.

    A page that is still under way gets a minute from `first_at`, when the first of them was to leave. A fallback is
    paged again once a minute at most, and only after every page of it was given up: there is nobody after it.
    """
    look_at = first_at + LOOK_AFTER
    is_under_way = "queued" in states
    if now < look_at:
        return look_at if is_under_way or is_fallback else None
    return now + LOOK_AFTER if is_under_way and is_fallback else None


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a personal rule: every address of a channel, or one address, `delay_s` after the page began."""

    channel: Annotated[str, Meta(max_length=20)] | None = None
    contact_method_id: Annotated[str, Meta(max_length=36)] | None = None
    delay_s: Annotated[int, Meta(ge=0, le=LONGEST_DELAY_S)] = 0


DEFAULT_RULE: tuple[Turn, ...] = (
    Turn(channel="push"),
    Turn(channel="webhook"),
    Turn(channel="email", delay_s=60),
)


class Rules(Struct, frozen=True, kw_only=True):
    """A person's rule for each severity."""

    critical: tuple[Turn, ...] = DEFAULT_RULE
    warning: tuple[Turn, ...] = DEFAULT_RULE
    info: tuple[Turn, ...] = DEFAULT_RULE

    def of(self, severity: str) -> tuple[Turn, ...]:
        return {"critical": self.critical, "warning": self.warning, "info": self.info}[severity]


class Reachable(Struct, frozen=True, kw_only=True):
    """An address that works as far as anybody knows."""

    id: str
    channel: str
    label: str


class Contact(Struct, frozen=True, kw_only=True):
    """Use this address at this time."""

    address: Reachable
    turn: int
    at: datetime


def contact_order(rule: Sequence[Turn], addresses: Sequence[Reachable], now: datetime) -> list[Contact]:
    """What to use when. A person without an address for the first turns is told by the next ones that much sooner.

    A rule of which no turn reaches anything gives way to every address at once: better told wrongly than not at all.
    An address named twice for the same time is used once. Empty when there is no address at all: nobody can be told.
    """
    usable = _usable(rule, addresses)
    if not usable:
        return [Contact(address=address, turn=0, at=now) for address in addresses]
    saved_s = min(turn.delay_s for _, turn, _ in usable) - min(turn.delay_s for turn in rule)
    contacts: dict[tuple[str, int], Contact] = {}
    for number, turn, found in usable:
        at = now + timedelta(seconds=turn.delay_s - saved_s)
        for address in found:
            contacts.setdefault((address.id, turn.delay_s), Contact(address=address, turn=number, at=at))
    return list(contacts.values())


def is_last_resort(rule: Sequence[Turn], addresses: Sequence[Reachable]) -> bool:
    """Whether no turn of the rule reaches anything."""
    return not _usable(rule, addresses)


def reaches_within(rule: Sequence[Turn], addresses: Sequence[Reachable], within: timedelta) -> bool:
    """Whether a turn of the rule itself, not the last resort, reaches an address that soon after a page began."""
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    in_order = contact_order(rule, addresses, begin)
    return not is_last_resort(rule, addresses) and any(each.at - begin <= within for each in in_order)


def _usable(rule: Sequence[Turn], addresses: Sequence[Reachable]) -> list[tuple[int, Turn, list[Reachable]]]:
    found = [(number, turn, [each for each in addresses if _means(turn, each)]) for number, turn in enumerate(rule)]
    return [each for each in found if each[2]]


def _means(turn: Turn, address: Reachable) -> bool:
    if turn.contact_method_id is not None:
        return address.id == turn.contact_method_id
    return address.channel == turn.channel


class RuleFlaw(Struct, frozen=True, kw_only=True):
    """A step that reaches nothing now, or a rule that comes late; `step` counts from 0, None means the whole rule."""

    severity: Severity
    code: Literal["reaches_nobody", "no_address", "late_first_step"]
    step: int | None = None


def rule_flaws(rules: Rules, addresses: Sequence[Reachable]) -> list[RuleFlaw]:
    """What the owner should know about their rules as the addresses stand."""
    flaws: list[RuleFlaw] = []
    for severity in Severity:
        rule = rules.of(severity)
        usable = _usable(rule, addresses)
        if not usable:
            flaws.append(RuleFlaw(severity=severity, code="reaches_nobody"))
        reached = {number for number, _, _ in usable}
        if rule != DEFAULT_RULE:
            flaws += [
                RuleFlaw(severity=severity, code="no_address", step=number)
                for number in range(len(rule))
                if number not in reached
            ]
        if severity is Severity.CRITICAL and min(turn.delay_s for turn in rule) > LATE_FIRST_STEP_S:
            flaws.append(RuleFlaw(severity=severity, code="late_first_step"))
    return flaws


class EarlierPage(Struct, frozen=True):
    """A page of an incident: to whom, by which step, and how grave it was then."""

    user_id: str
    step: int
    severity: Severity


def paged_too_mildly(pages: Iterable[EarlierPage], severity: Severity) -> dict[str, int]:
    """Who knows it only as milder than `severity`, and the step that told each of them last."""
    steps: dict[str, int] = {}
    known: set[str] = set()
    for page in pages:
        steps[page.user_id] = max(page.step, steps.get(page.user_id, page.step))
        if page.severity.rank >= severity.rank:
            known.add(page.user_id)
    return {user_id: step for user_id, step in steps.items() if user_id not in known}


class Waiting(Struct, frozen=True, kw_only=True):
    """A message of a person that still waits for its time."""

    id: str
    turn: int
    due_at: datetime


def next_turn(waiting: Iterable[Waiting]) -> tuple[str, ...]:
    """The messages that come next, which is all that share the earliest turn: those that needn't wait any longer."""
    ahead = sorted(waiting, key=lambda each: (each.due_at, each.turn))
    return tuple(each.id for each in ahead if each.due_at == ahead[0].due_at)


def next_best(addresses: Sequence[Reachable], *, without: Collection[str]) -> list[Reachable]:
    """Every address of the best channel that is left, `without` naming addresses that can't be meant."""
    left = [each for each in addresses if each.id not in without]
    for channel in NEXT_BEST:
        if found := [each for each in left if each.channel == channel]:
            return found
    return left
