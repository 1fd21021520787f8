"""The levels of an escalation policy: whom each pages, and how long it waits for an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import flet as ft
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.places import swapped, without
from phone.base.window import Window
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.policies.kind import LEVELS
from phone.console.policies.levels import LISTS, target_name, wait
from phone.kit.controls import Face, icon, quiet, tappable, word
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import state
from phone.kit.picker import Picker, option_sheet
from phone.kit.text import heading, text
from shared.domain.paging.escalation import Level, Target

DELAYS_S: Final = (60, 120, 180, 300, 600, 900, 1200, 1800, 3600)
FIRST_DELAY_S: Final = 300
MOST_LEVELS: Final = 20
KINDS: Final[tuple[Literal["schedule", "user", "team"], ...]] = ("schedule", "user", "team")
SIGNS: Final = {
    "schedule": ft.Icons.CALENDAR_TODAY_OUTLINED,
    "user": ft.Icons.PERSON_OUTLINE,
    "team": ft.Icons.GROUPS_OUTLINED,
}


@dataclass(frozen=True)
class _Tools:
    """What can be done to one of `count` levels."""

    count: int
    change: Callable[..., None]
    move: Callable[[int, int], None]
    drop: Callable[[int], None]
    add_to: Callable[[int], None]


@ft.component
def LevelsEditor(window: Window, editor: Editor, known: Known, error: str | None, fixed: bool) -> ft.Control:
    """One card per level, in the order in which they are paged."""
    look = window.look
    adding, add_to = state(-1)
    levels = editor.value(LEVELS) or ()

    def change(index: int, **fields: Any) -> None:
        level_at = LEVELS.then(lambda levels: levels[index])
        editor.edit(level_at, lambda now: replace(now, **fields))

    def take(chosen: str | None) -> None:
        add_to(-1)
        target = _target(chosen)
        if target is None:
            return
        if adding >= len(levels):
            editor.choose(LEVELS, (*levels, Level(targets=(target,), delay_s=FIRST_DELAY_S)))
        elif target not in levels[adding].targets:
            change(adding, targets=(*levels[adding].targets, target))

    def move(index: int, by: int) -> None:
        editor.choose(LEVELS, swapped(levels, index, index + by))

    def drop(index: int) -> None:
        editor.choose(LEVELS, without(levels, index))

    title = look.words("level.whom")
    ft.use_dialog(option_sheet(look, title, _everybody(known), take, lambda: add_to(-1)) if adding >= 0 else None)
    cards = [
        _level(look, known, level, i, None if fixed else _Tools(len(levels), change, move, drop, add_to))
        for i, level in enumerate(levels)
    ]
    if not fixed and len(levels) < MOST_LEVELS:
        label = look.words("level.add" if levels else "level.add_first")
        button = quiet(look, label, lambda: add_to(len(levels)), icon=ft.Icons.ADD, key="add-level")
        cards.append(ft.Row([button], wrap=True))
    if error:
        cards.append(problem_line(look, error))
    return ft.Column(cards, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _level(look: Look, known: Known, level: Level, index: int, tools: _Tools | None) -> ft.Control:
    if tools is None:
        delay = _delay(known, look, level, index, lambda _: None, fixed=True)
        return _card(look, index, [], _targets(known, look, level, index, None), delay)
    targets = _targets(known, look, level, index, lambda kept: tools.change(index, targets=kept))
    title = look.words("level.title", number=index + 1)
    more = word(look, look.words("level.add_target"), lambda: tools.add_to(index), of=title, key=f"add-target-{index}")
    targets.append(more)
    delay = _delay(known, look, level, index, lambda value: tools.change(index, delay_s=value), fixed=False)
    return _card(look, index, _buttons(look, index, tools), targets, delay)


def _target(chosen: str | None) -> Target | None:
    """Whom an option of the list means."""
    kind, _, ident = (chosen or "").partition(":")
    return next((Target(kind=each, id=ident) for each in KINDS if each == kind), None)


def _everybody(known: Known) -> list[Option]:
    words = known.words
    return [
        Option(value=f"{kind}:{option.value}", label=option.label, about=words(f"level.kind_{kind}"))
        for kind in KINDS
        for option in known.options(LISTS[kind])
    ]


def _buttons(look: Look, index: int, level: _Tools) -> list[ft.Control]:
    words, number = look.words, index + 1
    tools: list[ft.Control] = []
    if index > 0:
        label = words("level.up", number=number)
        tools.append(
            icon(
                look,
                ft.Icons.ARROW_UPWARD,
                label,
                lambda: level.move(index, -1),
                key=f"level-up-{index}",
                colour=look.palette.muted,
            )
        )
    if index < level.count - 1:
        label = words("level.down", number=number)
        tools.append(
            icon(
                look,
                ft.Icons.ARROW_DOWNWARD,
                label,
                lambda: level.move(index, 1),
                key=f"level-down-{index}",
                colour=look.palette.muted,
            )
        )
    label = words("level.remove", number=number)
    tools.append(
        icon(
            look,
            ft.Icons.DELETE_OUTLINE,
            label,
            lambda: level.drop(index),
            key=f"level-remove-{index}",
            colour=look.palette.muted,
        )
    )
    return tools


def _targets(
    known: Known, look: Look, level: Level, index: int, keep: Callable[[tuple[Target, ...]], None] | None
) -> list[ft.Control]:
    palette = look.palette
    targets = level.targets
    chips: list[ft.Control] = []
    for target in targets:
        name = target_name(known, target)
        row = [ft.Icon(SIGNS[target.kind], size=18, color=palette.muted), text(name, "button", palette.ink)]
        if keep is None:
            chips.append(ft.Container(content=ft.Row(list(row), spacing=8, tight=True), padding=ft.Padding.all(8)))
            continue
        spoken = look.words("words.remove", word=name)
        row = [
            row[0],
            text(name, "button", palette.ink, label=spoken),
            ft.Icon(ft.Icons.CLOSE, size=16, color=palette.muted),
        ]
        chips.append(
            tappable(
                look,
                ft.Row(list(row), spacing=8, tight=True),
                lambda gone=target: keep(tuple(one for one in targets if one != gone)),
                face=Face(
                    colour=palette.surface,
                    side=ft.BorderSide(width=1, color=palette.line),
                    radius=999,
                    padding=ft.Padding.symmetric(horizontal=14, vertical=14),
                ),
                key=f"target-{index}-{target.id}",
            )
        )
    return chips


def _delay(
    known: Known, look: Look, level: Level, index: int, choose: Callable[[int], None], *, fixed: bool
) -> ft.Control:
    current = level.delay_s
    delays = sorted({*DELAYS_S, current})
    each = Field(
        key=LEVELS.then(lambda levels: levels[index].delay_s).key,
        label=look.words("level.waits"),
        options=tuple(Option(value=str(delay), label=wait(known, delay)) for delay in delays),
        fixed=fixed,
    )
    return Picker(look, each, str(current), lambda chosen: choose(int(chosen or current)))


def _card(
    look: Look, index: int, tools: Sequence[ft.Control], targets: list[ft.Control], delay: ft.Control
) -> ft.Control:
    palette = look.palette
    head = ft.Row(
        [
            ft.Container(
                content=text(str(index + 1), "label", palette.ink),
                width=28,
                height=28,
                border_radius=28,
                bgcolor=palette.fill,
                alignment=ft.Alignment.CENTER,
            ),
            ft.Container(
                content=heading(look.words("level.title", number=index + 1), "strong", palette.ink, level=3),
                expand=True,
            ),
            *tools,
        ],
        spacing=8,
    )
    rest = ft.Column(
        [ft.Row(targets, wrap=True, spacing=8, run_spacing=8), delay],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        content=ft.Column(
            [
                ft.Container(content=head, height=48),
                ft.Container(content=rest, padding=ft.Padding.only(right=12)),
            ],
            spacing=8,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=palette.raised,
        border=ft.Border.all(1, palette.line),
        border_radius=12,
        padding=ft.Padding.only(left=16, right=4, top=4, bottom=16),
    )
