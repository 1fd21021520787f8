"""Words by which alerts are found: prefixes of Latin words, any part of Chinese text, whole label pairs."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct

MAX_WORDS = 200
LONGEST_WORD = 64
LABEL_MARK = "lbl"
SERVICE_LABEL = "@service"
"""Indexed like a label: the id of the alert's service, so that words within one service are found as fast."""
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


class Word(Struct, frozen=True):
    """A word to look for; as a prefix unless it is whole."""

    text: str
    is_prefix: bool


def indexed_words(texts: Iterable[str], labels: Mapping[str, str]) -> str:
    """What is indexed of an alert, separated by spaces: no word twice, at most 200 of them.

    Label pairs come first, so that no long text can crowd them out. Of `HighLatency`, `latency` is found too.
    """
    words: dict[str, None] = {label_word(name, value): None for name, value in labels.items()}
    for text in (*texts, *labels.values()):
        for word in (*_words(text), *_words(_HUMP.sub(" ", text))):
            if len(words) >= MAX_WORDS:
                return " ".join(words)
            words[word] = None
    return " ".join(words)


def wanted_words(text: str) -> list[Word]:
    """What an alert must have, all of it, for a reader's words; empty when nothing can be looked for."""
    wanted: list[Word] = []
    for run in _runs(text):
        if _HAN.fullmatch(run) is None:
            wanted.append(Word(run[:LONGEST_WORD], is_prefix=True))
        elif len(run) == 1:
            wanted.append(Word(run, is_prefix=True))
        else:
            wanted += [Word(pair, is_prefix=False) for pair in _pairs(run)]
    return wanted[:MAX_WORDS]


def label_word(name: str, value: str) -> str:
    """One word for a label and its very value."""
    return LABEL_MARK + hashlib.sha256(f"{name}={value}".encode("utf-8", "replace")).hexdigest()[:20]


def _words(text: str) -> Iterable[str]:
    """Latin words as they are; of Chinese text each pair of neighbours, and the last character for prefixes."""
    for run in _runs(text):
        if _HAN.fullmatch(run) is None:
            yield run[:LONGEST_WORD]
        else:
            yield from _pairs(run)
            yield run[-1]


def _runs(text: str) -> Iterable[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    for found in _WORD.findall(folded):
        begin = 0
        for han in _HAN.finditer(found):
            if han.start() > begin:
                yield found[begin : han.start()]
            yield han[0]
            begin = han.end()
        if begin < len(found):
            yield found[begin:]


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]
