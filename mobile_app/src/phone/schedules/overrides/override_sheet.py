"""Making an override, and cancelling one: who stands in, when, for what, and what that changes."""

from datetime import datetime
from typing import Final

import flet as ft
from msgspec.structs import replace

from phone.base import moments, problems
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.places import place
from phone.base.theme import PHONE_MARGIN
from phone.base.window import Window
from phone.hand_over.tiles import OneOfTheFree, waits
from phone.kit.choices import WIDEST
from phone.kit.controls import Face, filled, quiet, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import touched_by
from phone.kit.text import text
from phone.kit.when_field import WhenField
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from phone.rotas import rota_wording
from phone.rotas.store import Rotas
from phone.schedules.overrides.override_picture import override_picture
from phone.schedules.store import OpenSchedule
from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.schedules import shifts
from shared.wire.lists import Ref
from shared.wire.schedules import OverrideInput, ScheduleRota, ScopeInput

PERSON: Final = place(OverrideInput, lambda override: override.user_id)
END: Final = place(OverrideInput, lambda override: override.end)
SCOPE: Final = place(OverrideInput, lambda override: override.scope)
REASON: Final = place(OverrideInput, lambda override: override.reason)


@ft.component
def OverrideForm(
    window: Window, schedule: OpenSchedule, form: Draft[OverrideInput], _rotas: Rotas, names: Names, look: Look
) -> ft.Control:
    """One person for a while; the button says what will be."""
    draft, item = form.whole, schedule.item
    ft.use_effect(schedule.look_up, [(draft.start, draft.end), draft.scope.user_id])
    touched_by(look.drafts, form)
    if item is None:
        return ft.Container(height=0)
    words, palette, zone_name = look.words, look.palette, schedule.zone_name
    is_whole = draft.start < draft.end
    parts: list[ft.Control] = [
        WhenField(look, words("override.from"), draft.start, zone_name, lambda value: _begin(form, value), "from"),
        WhenField(look, words("override.to"), draft.end, zone_name, lambda value: form.choose(END, value), "to"),
        text(_zone(look, draft, zone_name), "caption", palette.muted),
    ]
    if not is_whole:
        parts.append(problem_line(look, words("override.ends_first")))
    parts.append(text(words("override.who"), "label", palette.ink))
    parts.append(_who(look, names, form, schedule))
    parts += _scopes(window, item, form, schedule=schedule)
    parts.append(
        field(
            look,
            words("override.reason"),
            draft.reason,
            lambda value: form.type(REASON, value),
            entry=Entry(hint=words("override.reason_hint")),
            key="override-reason",
        )
    )
    if is_whole and draft.user_id:
        made, rota = _made(window, draft), schedule.rota or item.rota
        room = min(look.width, WIDEST) - 2 * PHONE_MARGIN
        parts += override_picture(look, item, rota, made, hues=look.hues, width=room)
        parts.append(text(rota_wording.instead_of(look.reader, item, rota, made), "body", palette.ink))
    if schedule.refused is not None:
        parts.append(problem_line(look, problems.problem(words, schedule.refused)))
    label = words("override.choose")
    if draft.user_id:
        label = words("override.submit", who=look.reader.person(_named(names, draft.user_id, schedule)))
    ready = is_whole and bool(draft.user_id) and not schedule.busy
    parts += [
        filled(look, label, schedule.make, busy=not ready, key="override-send"),
        quiet(look, words("cancel"), lambda: schedule.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _begin(form: Draft[OverrideInput], start: datetime) -> None:
    """An end that would lie before it moves along."""
    now = form.whole
    form.fill(replace(now, start=start, end=moments.end_along(now.start, now.end, start)))


def _zone(look: Look, draft: OverrideInput, zone_name: str) -> str:
    offset = draft.start.astimezone(zone_of(zone_name)).utcoffset()
    told = look.words(
        "calendar.zone", zone=zone_name.replace("_", " "), offset=moments.offset(offset) if offset is not None else ""
    )
    return look.words("override.lasts", zone=told, length=moments.hours(look.words, draft.end - draft.start))


def _who(look: Look, names: Names, form: Draft[OverrideInput], schedule: OpenSchedule) -> ft.Control:
    """Those who are free then, as for a cover; anybody, where that isn't known."""
    draft = form.whole

    def choose(ident: str) -> None:
        form.choose(PERSON, ident)

    if schedule.is_looking:
        return waits(look, "ask_cover.looking")
    if schedule.free is None:
        return NamePicker(look, names, "people", (draft.user_id,) if draft.user_id else (), choose)
    one = _named(names, draft.user_id, schedule) if draft.user_id else None
    none = look.words("override.nobody_free")
    return OneOfTheFree(look, names, schedule.free, one, choose, none=none, about="override")


def _named(names: Names, user_id: str, schedule: OpenSchedule) -> Ref:
    found = (each.user for each in schedule.free or () if each.user.id == user_id)
    return next(found, Ref(user_id, names.name("people", user_id)))


def _scopes(
    window: Window, item: ScheduleRota, form: Draft[OverrideInput], *, schedule: OpenSchedule
) -> list[ft.Control]:
    """For everybody, or for one of those layers, roles and people that are on call then."""
    look, words, draft = window.look, window.look.words, form.whole
    rota = schedule.rota
    if rota is None or draft.start >= draft.end:
        return []
    found = shifts(rota, draft.start, draft.end)
    scopes = [ScopeInput()]
    layers = dict.fromkeys(each.layer_id for each in found if each.layer_id)
    roles = dict.fromkeys(each.role_id for each in found if each.role_id)
    people = dict.fromkeys(each.user_id for each in found)
    living = {layer.id for layer in rota.schedule.layers}
    if len(layers) > 1:
        scopes += [ScopeInput(kind="layer", layer_id=each) for each in layers if each in living]
    if len(roles) > 1:
        scopes += [ScopeInput(kind="role", role_id=each) for each in roles]
    if len(people) > 1 or len(roles) > 1:
        scopes += [ScopeInput(kind="person", user_id=each) for each in people if each != draft.user_id]
    if draft.scope not in scopes:
        scopes.append(draft.scope)
    if len(scopes) == 1:
        return []
    rows = [_scope(look, item, each, form, rota=rota) for each in scopes]
    return [
        text(words("override.what"), "label", look.palette.ink),
        ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    ]


def _scope(look: Look, item: ScheduleRota, scope: ScopeInput, form: Draft[OverrideInput], *, rota: Rota) -> ft.Control:
    palette, own = look.palette, scope == form.whole.scope
    told = rota_wording.scope(look.reader, item, rota, scope)
    sign = ft.Icons.RADIO_BUTTON_CHECKED if own else ft.Icons.RADIO_BUTTON_UNCHECKED
    row = ft.Row(
        [
            ft.Icon(sign, size=20, color=palette.accent if own else palette.muted),
            text(told[:1].upper() + told[1:], "body", palette.ink, expand=True),
        ],
        spacing=12,
    )
    ident = scope.layer_id or scope.role_id or scope.user_id or "all"
    return tappable(
        look,
        row,
        lambda: form.choose(SCOPE, scope),
        face=Face(radius=10, padding=ft.Padding.symmetric(horizontal=8, vertical=14)),
        selected=own,
        key=f"scope-{scope.kind}-{ident}",
    )


def _made(window: Window, draft: OverrideInput) -> Override:
    """As it will be."""
    return Override(
        id="",
        start=draft.start,
        end=draft.end,
        user_id=draft.user_id,
        scope=draft.scope,
        created_at=window.clock.now(),
    )


@ft.component
def CancelForm(window: Window, schedule: OpenSchedule, look: Look, override: Override) -> ft.Control:
    """Asks once and names the consequence."""
    item, words, palette = schedule.item, look.words, look.palette
    if item is None:
        return ft.Container(height=0)
    who = look.reader.person(rota_wording.person(look.words, item, override.user_id))
    when = moments.stretch(words, override.start, override.end, zone_of(schedule.zone_name))
    runs = override.start <= window.clock.now()
    parts: list[ft.Control] = [
        text(words("override.cancel_what", who=who, when=when), "body", palette.ink),
        text(words("override.cancel_now" if runs else "override.cancel_later"), "body", palette.muted),
    ]
    if schedule.refused is not None:
        parts.append(problem_line(look, problems.problem(words, schedule.refused)))
    parts += [
        filled(
            look,
            words("override.cancel"),
            schedule.cancel,
            colour=palette.critical_fill,
            ink=palette.on_critical,
            busy=schedule.busy,
            key="override-cancel-send",
        ),
        quiet(look, words("override.keep"), lambda: schedule.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
