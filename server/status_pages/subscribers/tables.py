"""Subscribers as tables: taken from one without asking each of them, and given as one."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_PAGES_EDIT
from server.accounts.audit.trail import audit
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, FieldError, Invalid
from server.kernel.reading.csv_table import read_table
from server.kernel.settings import Settings
from server.status_pages.components import ComponentRow, load_components
from server.status_pages.pages import about, owned_page
from server.status_pages.subscribers.rows import (
    NewSubscriber,
    SubscriberRow,
    confirm,
    confirmed_after,
    count_confirmed,
    emails_of,
    insert_subscriber,
    normal,
)
from shared.domain.mail_address import is_mail_address
from shared.domain.status.subscribing import Scope
from shared.wire.sessions import Language
from shared.wire.status_subscribers import SubscribersImported, SubscribersTable

COLUMNS: Final = ("email", "language", "components")
MOST_ROWS: Final = 10_000
MOST_FLAWS: Final = 50
FORMULA: Final = ("=", "+", "-", "@", "\t")
"""What spreadsheets take for the beginning of one."""
SLICE: Final = 1000
Named = Mapping[str, Sequence[str]]
"""The components of each name; some are called alike."""


class Imported(Struct, frozen=True):
    """What the trail keeps."""

    subscribers: int


async def import_subscribers(
    db: Database, actor: Actor, settings: Settings, page_id: str, data: SubscribersTable, *, now: datetime
) -> tuple[Writes, SubscribersImported]:
    """They hear of the page from now on; nobody is asked, since whoever imports says that they were."""
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    new = _read(page_id, data.csv, await load_components(db, page_id))
    known = await emails_of(db, page_id)
    fresh = [each for each in new if (each.email or "") not in known]
    waiting = [known[each.email or ""] for each in new if each.email in known]
    held, most = await count_confirmed(db, page_id), settings.status_subscribers
    confirmed = [each for each in waiting if not each.is_confirmed]
    if most and held + len(fresh) + len(confirmed) > most:
        raise Conflict(f"a page may have {most} subscribers", code="too_many_subscribers")
    writes = Writes()
    found = SubscribersImported(added=len(fresh) + len(confirmed), known=len(waiting) - len(confirmed))
    if data.dry_run:
        return writes, found
    for each in fresh:
        insert_subscriber(writes, each, now=now)
    for each in confirmed:
        confirm(writes, each.id, now=now)
    audit(writes, actor, about(page), after=Imported(found.added), verb="subscribers_imported", now=now)
    return writes, found


def _read(page_id: str, text: str, components: Iterable[ComponentRow]) -> list[NewSubscriber]:
    """Raises Invalid naming each line that can't be taken; who stands there twice is one."""
    columns, rows = read_table(text)
    if not rows or "email" not in columns:
        raise Invalid.one("csv", "no_header", "must begin with the header email,language,components")
    if len(rows) > MOST_ROWS:
        raise Invalid.one("csv", "too_long", f"at most {MOST_ROWS} subscribers at once", max=MOST_ROWS)
    named = _by_name(components)
    flaws: list[FieldError] = []
    found: dict[str, NewSubscriber] = {}
    for number, cells in rows:
        email = normal(cells.get("email", "").removeprefix("'"))
        wanted = _wanted(cells.get("components", ""), named)
        flaws += _flaws(number, email, cells.get("language", ""), wanted, named)
        language: Language = "zh" if cells.get("language", "").lower() == "zh" else "en"
        ids = tuple(dict.fromkeys(id for each in wanted for id in named.get(each, ())))
        scope = Scope(is_for_all=not wanted, component_ids=ids)
        found.setdefault(
            email,
            NewSubscriber(
                page_id=page_id, scope=scope, language=language, email=email, is_confirmed=True, is_imported=True
            ),
        )
    if flaws:
        raise Invalid(flaws[:MOST_FLAWS])
    return list(found.values())


def _by_name(components: Iterable[ComponentRow]) -> Named:
    found: dict[str, list[str]] = {}
    for row in components:
        if row.removed_at is None:
            for name in {row.name.en, row.name.zh} - {""}:
                found.setdefault(_key(name.split(";")), []).append(row.id)
    return found


def _key(parts: Iterable[str]) -> str:
    return ";".join(each.strip() for each in parts).casefold()


def _wanted(cell: str, named: Named) -> list[str]:
    """The names in a cell, parted by semicolons; a name of the page may hold some itself."""
    parts = [each.strip() for each in cell.removeprefix("'").split(";")]
    found: list[str] = []
    while parts:
        most = next((n for n in range(len(parts), 1, -1) if _key(parts[:n]) in named), 1)
        found += [name] if (name := _key(parts[:most])) else []
        del parts[:most]
    return found


def _flaws(number: int, email: str, language: str, wanted: list[str], named: Named) -> list[FieldError]:
    line = {"line": number}
    flaws: list[FieldError] = []
    if not is_mail_address(email) or not email.isascii():
        flaws.append(FieldError("csv", "not_an_email", f"line {number}: must be an email address", line))
    if language.lower() not in ("", "en", "zh"):
        flaws.append(FieldError("csv", "unknown_language", f"line {number}: the language must be en or zh", line))
    flaws += [
        FieldError("csv", "unknown", f"line {number}: there is no component {each[:80]!r}", line)
        for each in wanted
        if each not in named
    ]
    return flaws


async def export_subscribers(db: Database, actor: Actor, page_id: str) -> str:
    """Whoever has confirmed, as `import_subscribers` takes them.

    Left out are those who hear of single events alone, or of what is gone: a line without components wants everything.
    """
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    components = [row for row in await load_components(db, page_id) if row.removed_at is None]
    names = {row.id: row.name.said(page.language, page.language) for row in components}
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    after = ""
    while found := await confirmed_after(db, page_id, after, SLICE):
        after = found[-1].id
        writer.writerows(line for each in found if (line := _line(each, names)) is not None)
    return made.getvalue()


def _line(row: SubscriberRow, names: Mapping[str, str]) -> list[str] | None:
    components = ";".join(names[id] for id in row.component_ids if id in names)
    if row.email is None or not (row.is_for_all or components):
        return None
    return [_cell(row.email), row.language, "" if row.is_for_all else _cell(components)]


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
