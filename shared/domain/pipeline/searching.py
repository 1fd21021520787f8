"""Words by which alerts are found: prefixes of Latin words, any part of Chinese text, whole label pairs."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct

MAX_WORDS = 200
LONGEST_WORD = 64
LONGEST_KNOWN = 200
"""Texts up to here repeat from alert to alert, so their words are remembered."""
MOST_OF_DETAILS = 1_000
"""Characters of details whose words are indexed."""
LABEL_MARK = "lbl"
SERVICE_LABEL = "@service"
"""Indexed like a label, but not by what it says: the id of the alert's service, to find words within one service."""
_PART = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W_]+(?:[-_.:/@]+[^\W_]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


class Word(Struct, frozen=True):
    """A word to look for; as a prefix unless it is whole."""

    text: str
    is_prefix: bool


def indexed_words(texts: Collection[str], labels: Mapping[str, str], details: Mapping[str, Any]) -> str:
    """What is indexed of an alert, separated by spaces: no word twice, at most 200 of them.

    Label pairs come first and details last, so that no long text can crowd them out. Of `HighLatency`, `latency` is
    found too.
    """
    words: dict[str, None] = {label_word(name, value): None for name, value in labels.items()}
    said = (value for name, value in labels.items() if name != SERVICE_LABEL)
    for text in (*texts, *said, *(_short_texts(details, texts) if details else ())):
        for word in _known_words(text) if len(text) <= LONGEST_KNOWN else _words_and_humps(text):
            if len(words) >= MAX_WORDS:
                return " ".join(words)
            words[word] = None
    return " ".join(words)


def _short_texts(details: Mapping[str, Any], known: Collection[str]) -> list[str]:
    """Short texts of an object and of the objects in it, up to a limit; addresses, and what is `known`, left out."""
    found: list[str] = []
    left = MOST_OF_DETAILS
    for value in details.values():
        inner: Iterable[Any] = cast(dict[str, Any], value).values() if isinstance(value, dict) else (value,)
        for text in inner:
            if not isinstance(text, str) or len(text) > LONGEST_KNOWN or text in known or "://" in text:
                continue
            left -= len(text)
            if left < 0:
                return found
            found.append(text)
    return found


def _words_and_humps(text: str) -> tuple[str, ...]:
    apart = _HUMP.sub(" ", text)
    return (*_words(text), *(_words(apart) if apart != text else ()))


_known_words = lru_cache(maxsize=16_384)(_words_and_humps)


def wanted_words(text: str) -> list[Word]:
    """What an alert must have, all of it, for a reader's words; empty when nothing can be looked for."""
    wanted: list[Word] = []
    for name in _names(text):
        if _HAN.fullmatch(name[0]) is None or len(name[0]) == 1:
            wanted.append(Word("".join(name)[:LONGEST_WORD], is_prefix=True))
        else:
            wanted += [Word(pair, is_prefix=False) for pair in _pairs(name[0])]
    return wanted[:MAX_WORDS]


@lru_cache(maxsize=16_384)
def label_word(name: str, value: str) -> str:
    """One word for a label and its very value."""
    return LABEL_MARK + hashlib.sha256(f"{name}={value}".encode("utf-8", "replace")).hexdigest()[:20]


def _words(text: str) -> Iterable[str]:
    """Of a name such as `checkout-api-5xx` what begins at each part, run together; of Chinese each pair of neighbours.

    All of it is looked for by prefixes, so `checkout`, `api` and `api-5xx` find it.
    """
    for name in _names(text):
        if _HAN.fullmatch(name[0]) is None:
            yield from ("".join(name[n:])[:LONGEST_WORD] for n in range(len(name)))
        else:
            yield from _pairs(name[0])
            yield name[0][-1]


def _names(text: str) -> Iterable[list[str]]:
    """Names as their parts; Chinese text between them as a name of one part."""
    if text.isascii():
        yield from (_PART.findall(name) for name in _NAME.findall(text.lower()))
        return
    folded = unicodedata.normalize("NFKC", text).casefold()
    for found in _NAME.findall(folded):
        begin = 0
        for han in _HAN.finditer(found):
            if parts := _PART.findall(found[begin : han.start()]):
                yield parts
            yield [han[0]]
            begin = han.end()
        if parts := _PART.findall(found[begin:]):
            yield parts


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]
