"""Making an override, and cancelling one: who stands in, when, for what, and what that changes."""

import flet as ft

from phone.base import moments, problems
from phone.base.look import Look
from phone.base.moments import zone_of
from phone.base.window import Window
from phone.kit.controls import Face, Handler, filled, quiet, tappable
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import state
from phone.kit.marks import avatar
from phone.kit.text import text
from phone.kit.when_field import WhenField
from phone.names.name_picker import NamePicker
from phone.names.store import Names
from phone.rotas import rota_wording
from phone.rotas.store import Rotas
from phone.schedules.store import Draft, OpenSchedule
from shared.domain.on_call.rota import Override, Scope
from shared.domain.on_call.schedules import shifts
from shared.wire.lists import Ref
from shared.wire.schedules import ScheduleRota


@ft.component
def OverrideForm(window: Window, schedule: OpenSchedule, _rotas: Rotas, names: Names, look: Look) -> ft.Control:
    """One person for a while; the button says what will be."""
    draft, item = schedule.asking, schedule.item
    unfolded, unfold = state(False)
    if not isinstance(draft, Draft) or item is None:
        return ft.Container(height=0)
    words, palette, zone_name = look.words, look.palette, schedule.zone_name

    def choose(user_id: str) -> None:
        unfold(False)
        schedule.change(user_id=user_id)

    who: ft.Control = (
        NamePicker(look, names, "people", (draft.user_id,) if draft.user_id else (), choose)
        if unfolded or draft.user_id is None
        else _person(look, names, draft.user_id, lambda: unfold(True))
    )
    is_whole = draft.start < draft.end
    parts: list[ft.Control] = [
        WhenField(look, words("override.from"), draft.start, zone_name, schedule.begin_at, "from"),
        WhenField(look, words("override.to"), draft.end, zone_name, lambda value: schedule.change(end=value), "to"),
        text(_zone(look, draft, zone_name), "caption", palette.muted),
    ]
    if not is_whole:
        parts.append(problem_line(look, words("override.ends_first")))
    parts += [text(words("override.who"), "label", palette.ink), who]
    parts += _scopes(window, item, draft, schedule=schedule)
    parts.append(
        field(
            look,
            words("override.reason"),
            draft.reason,
            lambda value: schedule.change(reason=value),
            entry=Entry(hint=words("override.reason_hint")),
            key="override-reason",
        )
    )
    if is_whole and draft.user_id is not None:
        parts.append(text(_outcome(window, item, draft, schedule=schedule), "body", palette.ink))
    if schedule.refused is not None:
        parts.append(problem_line(look, problems.problem(words, schedule.refused)))
    label = words("override.choose")
    if draft.user_id is not None:
        chosen = Ref(draft.user_id, names.name("people", draft.user_id))
        label = words("override.submit", who=look.reader.person(chosen))
    ready = is_whole and draft.user_id is not None and not schedule.busy
    parts += [
        filled(look, label, schedule.make, busy=not ready, key="override-send"),
        quiet(look, words("cancel"), lambda: schedule.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _zone(look: Look, draft: Draft, zone_name: str) -> str:
    offset = draft.start.astimezone(zone_of(zone_name)).utcoffset()
    told = look.words(
        "calendar.zone", zone=zone_name.replace("_", " "), offset=moments.offset(offset) if offset is not None else ""
    )
    return look.words("override.lasts", zone=told, length=moments.hours(look.words, draft.end - draft.start))


def _person(look: Look, names: Names, user_id: str, unfold: Handler) -> ft.Control:
    palette, name = look.palette, names.name("people", user_id)
    row = ft.Row(
        [
            avatar(look, name, mine=user_id == look.person),
            text(look.reader.alone(Ref(user_id, name)), "strong", palette.ink, expand=True),
            ft.Icon(ft.Icons.UNFOLD_MORE, size=20, color=palette.muted),
        ],
        spacing=12,
    )
    face = Face(
        colour=palette.raised,
        side=ft.BorderSide(width=1, color=palette.line),
        radius=10,
        padding=ft.Padding.symmetric(horizontal=10, vertical=8),
    )
    return tappable(look, row, unfold, face=face, key="override-person")


def _scopes(window: Window, item: ScheduleRota, draft: Draft, *, schedule: OpenSchedule) -> list[ft.Control]:
    """For everybody, or for one of those layers, roles and people that are on call then."""
    look, words = window.look, window.look.words
    rota = schedule.rota
    if rota is None or draft.start >= draft.end:
        return []
    found = shifts(rota, draft.start, draft.end)
    scopes = [Scope()]
    layers = dict.fromkeys(each.layer_id for each in found if each.layer_id)
    roles = dict.fromkeys(each.role_id for each in found if each.role_id)
    people = dict.fromkeys(each.user_id for each in found)
    living = {layer.id for layer in rota.schedule.layers}
    if len(layers) > 1:
        scopes += [Scope(kind="layer", layer_id=each) for each in layers if each in living]
    if len(roles) > 1:
        scopes += [Scope(kind="role", role_id=each) for each in roles]
    if len(people) > 1 or len(roles) > 1:
        scopes += [Scope(kind="person", user_id=each) for each in people if each != draft.user_id]
    if draft.scope not in scopes:
        scopes.append(draft.scope)
    if len(scopes) == 1:
        return []
    rows = [_scope(look, item, each, own=each == draft.scope, schedule=schedule) for each in scopes]
    return [
        text(words("override.what"), "label", look.palette.ink),
        ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    ]


def _scope(look: Look, item: ScheduleRota, scope: Scope, *, own: bool, schedule: OpenSchedule) -> ft.Control:
    palette, rota = look.palette, schedule.rota or item.rota
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
        lambda: schedule.change(scope=scope),
        face=Face(radius=10, padding=ft.Padding.symmetric(horizontal=8, vertical=14)),
        selected=own,
        key=f"scope-{scope.kind}-{ident}",
    )


def _outcome(window: Window, item: ScheduleRota, draft: Draft, *, schedule: OpenSchedule) -> str:
    """Whom it relieves."""
    rota = schedule.rota or item.rota
    made = Override(
        id="",
        start=draft.start,
        end=draft.end,
        user_id=draft.user_id or "",
        scope=draft.scope,
        created_at=window.clock.now(),
    )
    return rota_wording.instead_of(window.look.reader, item, rota, made)


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
