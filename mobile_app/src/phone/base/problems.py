"""What went wrong as a sentence: errors, and codes of what did not arrive."""

import re
from typing import Final

from phone.base.api.errors import ApiError
from phone.base.i18n import Words

ANSWERED: Final = re.compile(r"(?P<by>http|smtp)_(?P<status>\d+)")
"""A step that is due this soon is the one that a verb has just asked for: clocks differ by seconds."""


def reason(words: Words, code: str | None) -> str:
    """Why something did not arrive or was not done, also where the code carries what another server answered."""
    answered = ANSWERED.fullmatch(code or "")
    if answered is not None:
        return words(f"reason.{answered['by']}", status=answered["status"])
    return words.first(f"reason.{code}", "reason.other", reason=(code or "").replace("_", " "))


def problem(words: Words, error: Exception) -> str:
    """An error as a sentence: what happened, whether anything was lost, what to do."""
    if not isinstance(error, ApiError):
        return words("error.no_answer")
    keys = [f"error.{error.code}", f"error.status.{error.status}"]
    if error.status > 503 or error.status in (501, 502):
        keys.append("error.status.500")
    return words.first(*keys, "error.other", status=error.status, detail=error.detail)
