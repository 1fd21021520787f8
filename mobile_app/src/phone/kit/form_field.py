"""One thing to fill in, as it is described to whoever draws it."""

from dataclasses import dataclass
from typing import Any, Literal

Form = Literal[
    "text",
    "lines",
    "choice",
    "toggle",
    "number",
    "words",
    "secret",
    "levels",
    "checks",
    "presets",
    "layers",
    "moment",
    "time",
    "groups",
    "holidays",
    "own_days",
]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One of several values; `about` says more where a newcomer would hesitate."""

    value: str | None
    label: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to fill in; its controls are found by `key`.

    Two halves share a line; a `limit` of characters is counted below the field. A label that isn't shown is still said.
    """

    key: str
    label: str
    shows_label: bool = True
    form: Form = "text"
    help: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    least: float | None = None
    most: float | None = None
    whole: bool = True
    fixed: bool = False
    half: bool = False
    limit: int = 0
    default: Any = None
