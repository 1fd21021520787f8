"""How a new schedule begins: one of the usual shapes, or an empty layer."""

from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.window import Window
from phone.console.form.editor import Editor
from phone.console.form.kind import Known
from phone.console.layers.drafts import LAYERS, ZONE, LayerDraft
from phone.console.layers.layers import PRESETS, Preset, blank_layer, preset_layers
from phone.kit.controls import Face, Handler, tappable, word
from phone.kit.text import text

SIGNS: Final = {
    "around_the_clock": ft.Icons.AUTORENEW,
    "day_night": ft.Icons.BRIGHTNESS_4_OUTLINED,
    "primary_backup": ft.Icons.PEOPLE_OUTLINE,
}


@ft.component
def PresetsField(window: Window, editor: Editor, known: Known) -> ft.Control:
    """Each fills in the layers; people are chosen next."""
    look, words = window.look, known.words
    zone = editor.value(ZONE) or ""

    def take(layers: tuple[LayerDraft, ...]) -> None:
        editor.choose(LAYERS, layers)

    def preset(name: Preset) -> ft.Control:
        return _card(look, name, lambda: take(preset_layers(words, name, zone, known.now)))

    cards = [preset(name) for name in PRESETS]
    shown: ft.Control = (
        ft.Row(
            [ft.Container(content=card, expand=True) for card in cards],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        if look.is_split
        else ft.Column(cards, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )
    own = word(look, words("preset.own"), lambda: take((blank_layer("", zone, known.now),)), key="preset-own")
    return ft.Column([shown, ft.Row([own])], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _card(look: Look, preset: Preset, take: Handler) -> ft.Control:
    palette, words = look.palette, look.words
    lines: list[ft.Control] = [
        text(words(f"preset.{preset}"), "strong", palette.ink),
        text(words(f"preset_about.{preset}"), "small", palette.muted),
    ]
    sign = ft.Icon(SIGNS[preset], size=24, color=palette.accent)
    about = ft.Column(lines, spacing=2, tight=True, expand=not look.is_split)
    content: ft.Control = (
        ft.Column([sign, about], spacing=12, tight=True) if look.is_split else ft.Row([sign, about], spacing=16)
    )
    return tappable(
        look,
        content,
        take,
        face=Face(
            colour=palette.raised,
            side=ft.BorderSide(width=1, color=palette.line),
            radius=12,
            padding=ft.Padding.all(16),
        ),
        key=f"preset-{preset}",
    )
