"""Revisions of status pages: whoever shows them looks at these, and at nothing else, until one moves."""

from typing import Final

from server.kernel.database import Writes
from server.kernel.revisions import touch

PAGES: Final = "status_pages"
PREFIX: Final = "st:"


def page_revision(page_id: str) -> str:
    """The revision of everything that one page shows."""
    return f"{PREFIX}{page_id}"


def touch_page(writes: Writes, page_id: str) -> None:
    """Have the page shown anew, everywhere, within a second."""
    touch(writes, PAGES)
    touch(writes, page_revision(page_id))
