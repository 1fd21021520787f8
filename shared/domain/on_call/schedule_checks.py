"""What is refused in a schedule, and what is put right with a warning."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from shared.domain.flaws import Flaw, Nameable, flaw, size_flaws, unknown_time_zone
from shared.domain.on_call.layer_checks import layer_flaws
from shared.domain.on_call.rota import Group, Layer, Member, Restriction, Schedule
from shared.domain.time import is_zone_name, moment_reading, to_us, wall_reading, zone

MAX_NAME: Final = 40
MAX_DESCRIPTION: Final = 500
MAX_LAYERS: Final = 20
MAX_GROUPS: Final = 50
MAX_MEMBERS: Final = 20


class Checked(Struct, frozen=True, kw_only=True):
    """The schedule as it would be kept, all that is wrong with it, and what was changed in it."""

    schedule: Schedule
    flaws: tuple[Flaw, ...] = ()
    warnings: tuple[Flaw, ...] = ()


def check_titles(name: str, description: str = "") -> list[Flaw]:
    """Flaws of the name (1 to 40 characters) and the description (up to 500)."""
    flaws = size_flaws("name", name, MAX_NAME)
    if len(description) > MAX_DESCRIPTION:
        message = f"At most {MAX_DESCRIPTION} characters."
        flaws.append(flaw("description", "too_long", message, max=MAX_DESCRIPTION))
    return flaws


def check_schedule(schedule: Schedule, known: Nameable, *, now: datetime) -> Checked:
    """Everything that is wrong, by field.

    A weekly restriction under a date mask is reset with a warning. Who has left by `now`, and layers
    that have ended, are history: their people may have gone.
    """
    layers = tuple(_without_weekly(layer) for layer in schedule.layers)
    warnings = tuple(
        flaw(
            f"layers[{index}].restriction",
            "weekly_restriction_reset",
            "A date mask replaces the weekly restriction, which was set to none.",
        )
        for index, layer in enumerate(layers)
        if layer is not schedule.layers[index]
    )
    kept = structs.replace(schedule, layers=layers)
    return Checked(schedule=kept, flaws=tuple(_flaws(kept, known, now)), warnings=warnings)


def _without_weekly(layer: Layer) -> Layer:
    if layer.date_mask is None or layer.restriction.kind != "weekly":
        return layer
    return structs.replace(layer, restriction=Restriction())


def _flaws(schedule: Schedule, known: Nameable, now: datetime) -> Iterator[Flaw]:
    if not is_zone_name(schedule.time_zone):
        yield unknown_time_zone("time_zone", schedule.time_zone)
    if sum(not _is_over(layer, schedule, now) for layer in schedule.layers) > MAX_LAYERS:
        yield flaw("layers", "too_many", f"At most {MAX_LAYERS} layers.", max=MAX_LAYERS)
    seen: set[str] = set()
    for index, layer in enumerate(schedule.layers):
        at = f"layers[{index}]"
        if layer.id and layer.id in seen:
            yield flaw(f"{at}.id", "repeated", "Another layer has this id.", id=layer.id)
        seen.add(layer.id)
        yield from layer_flaws(layer, at)
        is_over = _is_over(layer, schedule, now)
        yield from _group_flaws(layer, at, known, _reading(layer, schedule, now), is_over=is_over)


def _is_over(layer: Layer, schedule: Schedule, now: datetime) -> bool:
    end = None if layer.end is None else wall_reading(layer.end)
    return end is not None and end <= _reading(layer, schedule, now)


def _reading(layer: Layer, schedule: Schedule, now: datetime) -> int:
    name = layer.time_zone or schedule.time_zone
    return zone(name if is_zone_name(name) else "UTC").reading(to_us(now))


def _group_flaws(layer: Layer, at: str, known: Nameable, now: int, *, is_over: bool) -> Iterator[Flaw]:
    groups, field = layer.groups, f"{at}.groups"
    if not groups:
        yield flaw(field, "empty", "Give at least one group.")
    elif all(group.nobody for group in groups):
        yield flaw(field, "only_nobody", "At least one group must have members.")
    if len(groups) > MAX_GROUPS:
        yield flaw(field, "too_many", f"At most {MAX_GROUPS} groups.", max=MAX_GROUPS)
    for index, group in enumerate(groups):
        place = f"{field}[{index}]"
        if group.nobody and layer.rotation.order == "least_recent":
            yield flaw(f"{place}.nobody", "nobody_in_least_recent", "This order knows no nobody-slots.")
        yield from _members(group, f"{place}.members")
        for number, member in enumerate(group.members):
            until = None if member.until is None else moment_reading(member.until)
            if not is_over and member.gone_at is None and (until is None or until > now):
                yield from _person(member, f"{place}.members[{number}]", known)


def _members(group: Group, at: str) -> Iterator[Flaw]:
    if group.nobody and group.members:
        yield flaw(at, "members_of_nobody", "A nobody-slot has no members.")
    if not group.nobody and not group.members:
        yield flaw(at, "empty", "Give at least one member, or make it a nobody-slot.")
    if len(group.members) > MAX_MEMBERS:
        yield flaw(at, "too_many", f"At most {MAX_MEMBERS} members.", max=MAX_MEMBERS)
    earlier: list[Member] = []
    for index, member in enumerate(group.members):
        yield from _stay(member, f"{at}[{index}]")
        if member.gone_at is not None:
            continue
        if any(other.user_id == member.user_id and _meet(other, member) for other in earlier):
            yield flaw(f"{at}[{index}].user_id", "repeated", "This person is already in the group.")
        earlier.append(member)


def _stay(member: Member, at: str) -> Iterator[Flaw]:
    moments = {name: getattr(member, key) for name, key in (("from", "since"), ("until", "until"))}
    for name, text in moments.items():
        if text is not None and moment_reading(text) is None:
            message = "Give a date or a local time, in 2000 to 2099."
            yield flaw(f"{at}.{name}", "bad_wall_time", message, value=text)
    since, until = _span(member)
    if since is not None and until is not None and until <= since:
        yield flaw(f"{at}.until", "until_not_after_from", "Until must come after from.")


def _span(member: Member) -> tuple[int | None, int | None]:
    since = None if member.since is None else moment_reading(member.since)
    until = None if member.until is None else moment_reading(member.until)
    return since, until


def _meet(one: Member, other: Member) -> bool:
    """Whether two stays have a moment in common; the same person may come back later."""
    (one_since, one_until), (other_since, other_until) = _span(one), _span(other)
    apart = one_until is not None and other_since is not None and one_until <= other_since
    return not apart and not (other_until is not None and one_since is not None and other_until <= one_since)


def _person(member: Member, at: str, known: Nameable) -> Iterator[Flaw]:
    user = member.user_id
    if user not in known.users:
        yield flaw(f"{at}.user_id", "unknown_user", "There is no such person.", user_id=user)
    elif user in known.deactivated:
        yield flaw(f"{at}.user_id", "deactivated", "This account is deactivated.", user_id=user)
    elif known.team is not None and user not in known.team:
        yield flaw(f"{at}.user_id", "not_in_team", "This person is not in the owning team.", user_id=user)
    if member.role_id is not None and member.role_id not in known.roles:
        yield flaw(f"{at}.role_id", "unknown_role", "There is no such on-call role.", role_id=member.role_id)
