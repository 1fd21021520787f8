"""Every override of a schedule: those in force and to come, and folded below them what is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import flet as ft

from phone.base import moments
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.kit.controls import icon, word
from phone.kit.marks import avatar, pill
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.schedules.store import OpenSchedule
from shared.domain.on_call.rota import Override
from shared.wire.schedules import ScheduleRota

Phase = Literal["running", "coming", "over", "cancelled"]
PAST_SHOWN: Final = 50


def phase(override: Override, now: datetime) -> Phase:
    """Where it stands in time."""
    if override.cancelled_at is not None:
        return "cancelled"
    if override.end <= now:
        return "over"
    return "running" if override.start <= now else "coming"


def override_list(window: Window, item: ScheduleRota, *, now: datetime, schedule: OpenSchedule) -> list[ft.Control]:
    """A heading and its rows."""
    look, words = window.look, window.look.words
    rota = schedule.rota
    found = rota.overrides if rota is not None else ()
    alive = sorted(_in(found, ("running", "coming"), now), key=lambda each: (each.start, each.id))
    past = sorted(_in(found, ("over", "cancelled"), now), key=lambda each: (each.start, each.id), reverse=True)
    parts: list[ft.Control] = [heading(words("override.list"), "label", look.palette.muted)]
    parts += [_row(window, item, each, now, schedule=schedule) for each in alive]
    if not alive:
        parts.append(text(words("override.none"), "body", look.palette.muted))
    if past:
        key = "override.hide_past" if schedule.shows_past else "override.show_past"
        way = word(look, words(key, count=len(past)), schedule.show_past, key="past-overrides")
        parts.append(ft.Row([way], tight=True))
    if schedule.shows_past:
        parts += [_row(window, item, each, now, schedule=schedule) for each in past[:PAST_SHOWN]]
    if schedule.overrides is None and schedule.error is not None:
        parts.append(text(words("override.past_unknown"), "small", look.palette.muted))
    return parts


def _in(found: Sequence[Override], phases: Sequence[Phase], now: datetime) -> list[Override]:
    return [each for each in found if phase(each, now) in phases]


def _row(
    window: Window, item: ScheduleRota, override: Override, now: datetime, *, schedule: OpenSchedule
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    reader, stands = look.reader, phase(override, now)
    rota, zone = schedule.rota or item.rota, zone_of(schedule.zone_name)
    who = reader.person(rota_wording.person(words, item, override.user_id))
    told = words("override.line", who=who, scope=rota_wording.scope(reader, item, rota, override.scope))
    when = moments.stretch(words, override.start, override.end, zone)
    made = words(
        "override.by",
        who=reader.person(rota_wording.person(words, item, override.created_by)),
        when=moments.moment(words, override.created_at, now=now, zone=zone),
    )
    is_past = stands in ("over", "cancelled")
    lines: list[ft.Control] = [
        text(told, "strong", palette.muted if is_past else palette.ink),
        text(when, "small", palette.muted if is_past else palette.ink),
    ]
    if override.reason:
        lines.append(text(override.reason, "small", palette.muted))
    if override.cancelled_at is not None:
        gone = moments.moment(words, override.cancelled_at, now=now, zone=zone)
        made = words("names.more", names=made, name=words("override.cancelled_at", when=gone))
    lines.append(text(made, "caption", palette.muted))
    row: list[ft.Control] = [
        avatar(look, item.people.get(override.user_id, "·"), who="" if is_past else override.user_id),
        ft.Column(lines, spacing=2, tight=True, expand=True),
    ]
    if stands == "running":
        row.append(pill(words("override.running"), palette.accent, palette.accent_bg))
    if stands == "cancelled":
        row.append(pill(words("override.was_cancelled"), palette.muted, palette.fill))
    told_row = ft.MergeSemantics(
        content=ft.Row(row, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START), expand=True
    )
    if is_past or not item.may_edit:
        return told_row
    cancel = icon(
        look,
        ft.Icons.CLOSE,
        words("override.cancel_one", who=who, when=when),
        lambda: schedule.ask(override),
        key=f"cancel-{override.id}",
        colour=palette.muted,
    )
    return ft.Row([told_row, cancel], spacing=4, vertical_alignment=ft.CrossAxisAlignment.START)
