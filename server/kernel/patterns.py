"""Regular expressions that people write, run in linear time by RE2."""

from typing import Any, Protocol

import re2


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
        raise ValueError(str(error)) from None
