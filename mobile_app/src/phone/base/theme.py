"""The look: colours of both brightnesses, text styles, and the Flet theme made of them."""

from dataclasses import dataclass
from typing import Final, Literal
from weakref import WeakKeyDictionary

import flet as ft

Brightness = Literal["light", "dark"]
TextRole = Literal["display", "title", "lead", "strong", "body", "button", "label", "small", "caption"]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Every colour on a screen has a meaning, and its name says which.

    `veil` lies over what a pointer, a finger or the keyboard is on: what is chosen below it stays to be seen.
    """

    surface: str
    raised: str
    line: str
    fill: str
    faint: str
    track: str
    thumb: str
    thumb_line: str
    ink: str
    muted: str
    accent: str
    on_accent: str
    accent_bg: str
    critical: str
    critical_bg: str
    critical_fill: str
    on_critical: str
    alarm: str
    on_alarm: str
    alarm_muted: str
    alarm_line: str
    alarm_button: str
    on_alarm_button: str
    warning: str
    warning_bg: str
    info: str
    info_bg: str
    ok: str
    ok_bg: str
    partial: str
    partial_bg: str
    maintenance: str
    maintenance_bg: str
    scrim: str
    veil: str


LIGHT: Final = Palette(
    surface="#FAFAF8",
    raised="#FFFFFF",
    line="#E6E4DF",
    fill="#F0EEEA",
    faint="#C9C6BF",
    track="#F0EEEA",
    thumb="#FFFFFF",
    thumb_line="#E6E4DF",
    ink="#16181A",
    muted="#5C6268",
    accent="#1F4B99",
    on_accent="#FFFFFF",
    accent_bg="#E6EDF8",
    critical="#B3261E",
    critical_bg="#FBEBE9",
    critical_fill="#B3261E",
    on_critical="#FFFFFF",
    alarm="#B3261E",
    on_alarm="#FFFFFF",
    alarm_muted="#FBDAD6",
    alarm_line="#B3261E",
    alarm_button="#FFFFFF",
    on_alarm_button="#B3261E",
    warning="#8A5A00",
    warning_bg="#FBF1DE",
    info="#4F6478",
    info_bg="#EDF1F4",
    ok="#1E6B3C",
    ok_bg="#E7F3EB",
    partial="#A8480A",
    partial_bg="#FCEDE2",
    maintenance="#3F5E86",
    maintenance_bg="#E9EFF6",
    scrim="#66101214",
    veil="#0F16181A",
)

DARK: Final = Palette(
    surface="#101214",
    raised="#181B1F",
    line="#2A2E33",
    fill="#22262B",
    faint="#454B52",
    track="#1B1F23",
    thumb="#30353B",
    thumb_line="#3A4047",
    ink="#ECEEF0",
    muted="#9AA2AA",
    accent="#8FB4FF",
    on_accent="#0B1B38",
    accent_bg="#1C2A42",
    critical="#FF8A80",
    critical_bg="#331A18",
    critical_fill="#EE7468",
    on_critical="#3A0906",
    alarm="#3A1715",
    on_alarm="#FFEDEA",
    alarm_muted="#F2B8B2",
    alarm_line="#7A332E",
    alarm_button="#EE7468",
    on_alarm_button="#3A0906",
    warning="#FFC46B",
    warning_bg="#2E2413",
    info="#A9BBCB",
    info_bg="#20272D",
    ok="#7FD6A0",
    ok_bg="#15281D",
    partial="#FFA36B",
    partial_bg="#331F12",
    maintenance="#9DBCE6",
    maintenance_bg="#1B2636",
    scrim="#99000000",
    veil="#11ECEEF0",
)

PALETTES: Final[dict[Brightness, Palette]] = {"light": LIGHT, "dark": DARK}

# One family per weight: a variable or a synthesised weight would not be the drawn one.
LATIN_FONTS: Final = {
    "Inter": "/fonts/Inter-Regular.otf",
    "InterSB": "/fonts/Inter-SemiBold.otf",
    "InterD": "/fonts/InterDisplay-SemiBold.otf",
}
CHINESE_FONTS: Final = {"SC": "/fonts/NotoSansSC-Regular.otf", "SCB": "/fonts/NotoSansSC-Bold.otf"}
# The two characters of the language's own name, which everybody is offered.
CHOICE_FONTS: Final = {"SCc": "/fonts/NotoSansSC-Choice-Regular.otf", "SCBc": "/fonts/NotoSansSC-Choice-Bold.otf"}

# size, line height, family
SCALE: Final[dict[TextRole, tuple[int, int, str]]] = {
    "display": (28, 34, "InterD"),
    "title": (22, 28, "InterD"),
    "lead": (17, 25, "Inter"),
    "strong": (15, 21, "InterSB"),
    "body": (15, 21, "Inter"),
    "button": (14, 20, "InterSB"),
    "label": (13, 18, "InterSB"),
    "small": (13, 18, "Inter"),
    "caption": (12, 16, "Inter"),
}
PHONE_MARGIN: Final = 16
TABLET_MARGIN: Final = 24
TARGET: Final = 48
SPLIT_AT: Final = 840
IN_ONE_ROW_AT: Final = 1024
"""From here on an incident's buttons stand side by side."""
WIDE_AT: Final = 1200
RAIL: Final = 96
LIST: Final = 404
WIDE_LIST: Final = 440
NARROW_LIST: Final = 320
WIDE_LIST_AT: Final = 1400


def list_width(window: float) -> int:
    """How wide a list is that stands beside what is open of it."""
    return WIDE_LIST if window >= WIDE_LIST_AT else LIST


TEXT_SIZES: Final = (100, 115, 130, 160, 200)
_sizes: WeakKeyDictionary[ft.Page, int] = WeakKeyDictionary()


def enlarge(page: ft.Page, percent: int) -> None:
    """Draw every text of this window in this size from now on."""
    _sizes[page] = percent


def enlargement() -> float:
    """How much larger than designed the window that is being drawn shows its texts."""
    try:
        return _sizes.get(ft.context.page, 100) / 100
    except (AssertionError, LookupError, RuntimeError):
        return 1.0


def style(role: TextRole, colour: str, *, bold: bool = False, most: float = 2) -> ft.TextStyle:
    """A text style of the scale, enlarged `most` times; Chinese falls back to the weight that belongs to it."""
    size, line, family = SCALE[role]
    if bold and family == "Inter":
        family = "InterSB"
    return ft.TextStyle(
        size=size * min(enlargement(), most),
        height=line / size,
        weight=ft.FontWeight.NORMAL,
        font_family=family,
        font_family_fallback=["SC", "SCc"] if family == "Inter" else ["SCB", "SCBc"],
        letter_spacing=-0.2 if family == "InterD" else 0,
        color=colour,
    )


def flet_theme(brightness: Brightness, *, moves: bool = True) -> ft.Theme:
    """The whole colour scheme, so that nothing of Material's default shows anywhere; pages only slide if it `moves`."""
    look = PALETTES[brightness]
    body = style("body", look.ink)
    return ft.Theme(
        color_scheme=_scheme(look),
        scaffold_bgcolor=look.surface,
        canvas_color=look.surface,
        focus_color=look.accent_bg,
        hover_color=look.veil,
        # Desktop browsers would get smaller buttons, below what a finger can hit on a touch screen.
        visual_density=ft.VisualDensity.STANDARD,
        splash_color="#00000000",
        highlight_color="#00000000",
        bottom_sheet_theme=ft.BottomSheetTheme(drag_handle_color=look.faint),
        text_theme=ft.TextTheme(
            body_large=body,
            body_medium=body,
            body_small=style("small", look.ink),
            title_medium=style("strong", look.ink),
            label_large=style("button", look.ink),
            label_medium=style("caption", look.ink),
            label_small=style("caption", look.ink),
        ),
        tooltip_theme=ft.TooltipTheme(text_style=style("caption", look.surface)),
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.FADE_UPWARDS if moves else ft.PageTransitionTheme.NONE,
            ios=ft.PageTransitionTheme.CUPERTINO if moves else ft.PageTransitionTheme.NONE,
            linux=ft.PageTransitionTheme.NONE,
            macos=ft.PageTransitionTheme.NONE,
            windows=ft.PageTransitionTheme.NONE,
        ),
    )


def _scheme(look: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=look.accent,
        on_primary=look.on_accent,
        primary_container=look.accent_bg,
        on_primary_container=look.ink,
        secondary=look.accent,
        on_secondary=look.on_accent,
        secondary_container=look.accent_bg,
        on_secondary_container=look.ink,
        tertiary=look.accent,
        on_tertiary=look.on_accent,
        tertiary_container=look.accent_bg,
        on_tertiary_container=look.ink,
        error=look.critical,
        on_error=look.on_critical,
        error_container=look.critical_bg,
        on_error_container=look.critical,
        surface=look.surface,
        on_surface=look.ink,
        on_surface_variant=look.muted,
        outline=look.line,
        outline_variant=look.line,
        shadow="#00000000",
        scrim=look.scrim,
        inverse_surface=look.ink,
        on_inverse_surface=look.surface,
        inverse_primary=look.accent_bg,
        surface_tint="#00000000",
        surface_bright=look.raised,
        surface_dim=look.surface,
        surface_container=look.raised,
        surface_container_low=look.raised,
        surface_container_lowest=look.raised,
        surface_container_high=look.fill,
        surface_container_highest=look.fill,
    )
