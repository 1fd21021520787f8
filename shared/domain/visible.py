"""Words as they may stand anywhere: nothing in them moves a cursor, turns the direction of others, or can't be seen."""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

LINE: Final = {"said": "in one line"}
TEXT: Final = {"said": "in lines"}
NAME: Final = {"said": "as a name"}
"""Stand in a field's `Meta(extra=…)` and say how it is cleaned."""

_ESCAPED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""What terminals take for orders (ECMA-48)."""
_BREAKS = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]+")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ORDERS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_BLANK = "\u2800"
"""A cell of Braille without a dot."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What Unicode lets fonts ignore (Default_Ignorable_Code_Point), marks of direction (UAX 9) among them."""
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\uaa60-\uaa7f\ufb50-\ufdff"
    "\ufe70-\ufefc\U00010d00-\U00010d3f\U00010f30-\U00010f6f\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
"""Scripts in which a joiner between letters is spelling: Arabic and its kin, those of India and beyond."""
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
"""Flags of a country's parts (UTS 51): England's, Scotland's, Wales's."""
_IDEOGRAPH = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MONGOLIAN = re.compile("[\u1820-\u18af]")
_VARIED = re.compile(
    "[\u1000-\u109f\ua840-\ua87f\uaa60-\uaa7f\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)


def one_line(text: str) -> str:
    """The text without escapes and what can't be seen, breaks as one blank; NUL stays, and is refused elsewhere."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return seen(_BREAKS.sub(" ", _ESCAPED.sub("", text))).strip()


def as_name(text: str) -> str:
    """As `one_line`, with letters and their marks composed (NFC), so that what looks alike is alike."""
    return unicodedata.normalize("NFC", one_line(text))


def is_same_name(one: str, other: str) -> bool:
    """Whether people would say the same: capitals aside."""
    return as_name(one).casefold() == as_name(other).casefold()


def in_lines(text: str) -> str:
    """As `one_line`, but the ends of lines stay, each as one line feed, and so do tabs."""
    if text.isascii() and text.isprintable():
        return text
    return seen(_ORDERS.sub("", _LINE_ENDS.sub("\n", _ESCAPED.sub("", text))))


def seen(text: str) -> str:
    """The text without signs that show nothing where they stand; what spelling or emoji need stays."""
    text = text.replace(_BLANK, " ")
    if _UNSEEN.search(text) is None:
        return text
    flags = {place for found in _FLAG_TAGS.finditer(text) for place in range(found.start() + 1, found.end())}
    kept: list[str] = []
    for place, sign in enumerate(text):
        if _UNSEEN.match(sign) is None or place in flags or _shows(sign, kept, text[place + 1 : place + 2]):
            kept.append(sign)
    return "".join(kept)


def _shows(sign: str, before: list[str], after: str) -> bool:
    """Whether a sign that is nothing by itself changes what stands beside it."""
    last = before[-1] if before else ""
    if not last:
        return False
    if sign == _ZWJ:
        return (_is_emoji(last) and _is_emoji(after)) or _JOINING.match(last) is not None
    if sign == _ZWNJ:
        return _JOINING.match(last) is not None and _JOINING.match(after) is not None
    if sign in "\ufe0e\ufe0f":
        return _is_emoji(last, varied=False) or (last in "0123456789#*" and after == "\u20e3")
    if "\ufe00" <= sign <= "\ufe0d":
        return _VARIED.match(last) is not None or unicodedata.category(last) == "Sm"
    if "\U000e0100" <= sign <= "\U000e01ef":
        return _IDEOGRAPH.match(last) is not None
    return "\u180b" <= sign <= "\u180f" and _MONGOLIAN.match(last) is not None


def _is_emoji(sign: str, *, varied: bool = True) -> bool:
    """A picture or sign, with `varied` also what may follow one: a colour of skin, a variant, the end of a flag."""
    if not sign:
        return False
    if sign in ("\ufe0f", "\U000e007f") or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return varied
    return ord(sign) > 0xA8 and (unicodedata.category(sign) in ("So", "Sm") or sign in "\u203c\u2049\u3030\u303d")


class Written(Struct, frozen=True):
    """What somebody wrote: fields that say LINE or TEXT are cleaned, whoever makes it.

    Raises ValueError when nothing is left where something must be, or of a line that was more than blanks.
    """

    def __post_init__(self) -> None:
        for field, (kind, _) in cleaned_fields(type(self)).items():
            given: Any = getattr(self, field)
            if isinstance(given, str):
                kept: Any = _CLEANED[kind](given)
                if kept == given or not given.strip():
                    continue
                if type(self).is_emptied(field, given):
                    raise ValueError(f"nothing that can be seen is left of {field}")
                msgspec.structs.force_setattr(self, field, kept)

    @classmethod
    def is_emptied(cls, field: str, given: Any) -> bool:
        """Whether making it fails, because cleaning leaves nothing of what was given for this field."""
        kind, is_needed = cleaned_fields(cls).get(field, ("", False))
        if not kind or not isinstance(given, str) or not given.strip():
            return False
        return (is_needed or kind != TEXT["said"]) and not _CLEANED[kind](given).strip()


_CLEANED: Final = {LINE["said"]: one_line, TEXT["said"]: in_lines, NAME["said"]: as_name}


@lru_cache(maxsize=256)
def cleaned_fields(struct: type[Struct]) -> dict[str, tuple[str, bool]]:
    """The fields that are cleaned: how, and whether something has to be left."""
    found: dict[str, tuple[str, bool]] = {}
    for field, hint in get_type_hints(struct, include_extras=True).items():
        for meta in _metas(hint):
            if (said := (meta.extra or {}).get("said")) is not None:
                found[field] = (said, bool(meta.min_length))
    return found


def _metas(hint: Any) -> list[Meta]:
    """Those of a field's text, which may be None."""
    if get_origin(hint) is Annotated:
        own = [each for each in get_args(hint)[1:] if isinstance(each, Meta)]
        return own + _metas(get_args(hint)[0])
    return [meta for inner in get_args(hint) for meta in _metas(inner)]
