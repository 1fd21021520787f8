"""Paging is not healthy: for administrators whose language nobody may be able to ask the database for."""

from collections.abc import Sequence

from server.kernel.i18n import catalogue
from server.notices.reader import LOCALE
from server.notices.send import Notice
from shared.wire import routes

WORDS = catalogue(LOCALE)
"""Read when the process starts: it may be the disk that fails."""


def unhealthy_notice(problems: Sequence[str], server: str) -> Notice:
    """In both languages, one below the other; the problems are as `/health/engine` names them."""
    link = f"{server}{routes.ENGINE_HEALTH}"
    bodies = [WORDS.text(language, "unhealthy.body", link=link) for language in ("en", "zh")]
    return Notice(title=WORDS.text("en", "unhealthy.title"), body="\n".join([*problems, "", *bodies]))
