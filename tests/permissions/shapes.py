"""What two JSON answers have in common: which fields they have, what kind of thing stands in each."""

import importlib
import pkgutil
import re
import typing
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec

import shared.wire

KINDS: Final = (
    ("time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")),
    ("SVG document", re.compile(r'<svg xmlns="http://www\.w3\.org/2000/svg" .*</svg>', re.DOTALL)),
    ("SVG element", re.compile(r"<svg.*", re.DOTALL)),
    ("pairing link", re.compile(r"dogwatch://pair\?server=[^&]+&code=[^&]+")),
    ("authenticator's address", re.compile(r"otpauth://totp/[^?]+\?secret=[A-Z2-7]+&issuer=\w+")),
)


@cache
def maps() -> frozenset[str]:
    """Names of fields of the wire whose keys are data, found in its structs."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(shared.wire.__path__):
        for kind in vars(importlib.import_module(f"shared.wire.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                hints = typing.get_type_hints(kind)
                found |= {name for name, hint in hints.items() if "dict[" in str(hint)}
    return frozenset(found)


def kind_of(value: Any) -> str:
    """`text` for any that has no form of its own."""
    if isinstance(value, str):
        return next((name for name, form in KINDS if form.fullmatch(value)), "text")
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def shape(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """(place, kind) of everything in it; items of a list share a place."""
    if isinstance(value, dict):
        yield at, "object"
        for key, inner in typing.cast(dict[str, Any], value).items():
            if at.rsplit(".", 1)[-1].removesuffix("[]") not in maps():
                yield from shape(inner, f"{at}.{key}")
    elif isinstance(value, list):
        yield at, "list"
        for inner in typing.cast(list[Any], value):
            yield from shape(inner, f"{at}[]")
    else:
        yield at, "null" if value is None else kind_of(value)


def differences(real: Any, fake: Any) -> list[str]:
    """In words; what is null or empty on one side may be anything on the other."""
    kinds: tuple[defaultdict[str, set[str]], ...] = (defaultdict(set), defaultdict(set))
    for side, value in zip(kinds, (real, fake), strict=True):
        for place, kind in shape(value):
            side[place].add(kind)
    told: list[str] = []
    for place in sorted(set().union(*kinds)):
        parent = place.removesuffix("[]") if place.endswith("[]") else place.rpartition(".")[0]
        here = [side.get(place) for side in kinds]
        is_open = all("object" in side.get(parent, ()) for side in kinds) and not place.endswith("[]")
        if None in here:
            if is_open:
                told.append(f"{place or 'answer'} is only in the {'server' if here[1] is None else 'fake'}'s")
            continue
        known = [(each or set()) - {"null"} for each in here]
        if all(known) and not known[0] & known[1]:
            told.append(f"{place or 'answer'}: server {sorted(known[0])}, fake {sorted(known[1])}")
    return told
