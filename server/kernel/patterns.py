"""Regular expressions that people write, run in linear time by RE2."""

from typing import Any, Final, Protocol

import re2

KINDS: Final = {
    "missing )": "a ( has no )",
    "unexpected )": "a ) has no (",
    "missing ]": "a [ has no ]",
    "missing }": "a { has no }",
    "no argument for repetition": "nothing stands before this repetition",
    "bad repetition": "two repetitions follow each other",
    "invalid repetition": "it repeats too often",
    "invalid escape": "this escape or back reference is not known",
    "trailing \\": "a \\ stands at its end",
    "invalid character class range": "this range runs backwards",
    "invalid character class": "these characters are no class",
    "invalid character range": "this range runs backwards",
    "invalid perl operator": "this group is not known; nothing can look ahead or behind",
    "invalid named capture": "this is no name for a group",
    "duplicate": "two groups have one name",
    "pattern too large": "it is too large",
}
"""What RE2 says first, and what we say."""
OTHER: Final = "it can't be read"


class Pattern(Protocol):
    """A compiled expression."""

    def search(self, text: str) -> object: ...


def compile_pattern(pattern: str) -> Pattern:
    """Raises ValueError for what RE2 can't run in linear time."""
    engine: Any = re2  # the library has no types
    options = engine.Options()
    options.log_errors = False
    try:
        return engine.compile(pattern, options=options)
    except engine.error as error:
        raise ValueError(_words(error)) from None


def _words(error: Exception) -> str:
    """What is wrong, in words that know neither bytes nor the library."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    kind, _, place = text.partition(": ")
    told = next((words for begin, words in KINDS.items() if kind.startswith(begin)), OTHER)
    return f"{told}: {place}" if place else told
