"""One object of the Console in its form: what was changed, saving it, and who changed it before."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar
from uuid import uuid4

import flet as ft
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.places import Place
from phone.base.state import State
from phone.console.directory import Directory
from phone.console.form.changes import belongs_to, changes, flaws
from phone.console.form.kind import Change, Draft, Kind, Known, Reveal, Section
from shared.wire import routes
from shared.wire.audit import AuditEntry
from shared.wire.lists import Page
from shared.wire.problems import FieldProblem

Value = TypeVar("Value")
NEW: Final = "new"
PULSE_S: Final = 0.15
HISTORY: Final = "8"
Asking = Literal["discard", "remove"]


class Typed(ft.Observable):
    """Notifies when text was typed: what tells of the changes is drawn again, the fields are not."""


@dataclass(eq=False)
class Sheet(Generic[Draft]):
    """A form that is being filled in; it is kept while the reader looks elsewhere. Both drafts are frozen."""

    saved: Draft
    draft: Draft
    key: str
    rev: int | None = None


def begun(saved: Draft, draft: Draft | None = None, *, rev: int | None = None) -> Sheet[Draft]:
    """A form over what is saved at this revision; what was filled in already is given."""
    return Sheet(saved, draft if draft is not None else saved, str(uuid4()), rev)


class Editor(State):
    """`item` is what the server has, `conflict` what it has now when somebody else was faster.

    `refused` stands at the fields after saving, `doubted` while the form is filled in.
    """

    def __init__(self, client: Client, directory: Directory, *, known: Callable[[], Known | None]) -> None:
        super().__init__(client)
        self._directory = directory
        self._known = known
        self._sheets = _Sheets()
        self._pulse: asyncio.Task[None] | None = None
        self.typed = Typed()
        self.kind: Kind[Any, Any] | None = None
        self.ident = ""
        self.item: Any = None
        self.refused: tuple[FieldProblem, ...] = ()
        self.doubted: tuple[FieldProblem, ...] = ()
        self.failure: Exception | None = None
        self.conflict: Any = None
        self.history: tuple[AuditEntry, ...] | None = None
        self.saving = False
        self.asking: Asking | None = None
        self.reveal: Reveal | None = None
        self.saved: Callable[[Kind[Any, Any], str, bool], None] = lambda _kind, _ident, _is_new: None
        self.removed: Callable[[Kind[Any, Any], str], None] = lambda _kind, _name: None

    # What is shown

    @property
    def sheet(self) -> Sheet[Any] | None:
        """The form of what is shown; None while it loads."""
        return self._sheets.get(self._name)

    @property
    def is_new(self) -> bool:
        return self.ident == NEW

    @property
    def _name(self) -> tuple[str, str]:
        return (self.kind.slug if self.kind else "", self.ident)

    def sections(self) -> list[Section[Any]]:
        """The form as it stands."""
        known, sheet = self._known(), self.sheet
        if self.kind is None or known is None or sheet is None:
            return []
        return self.kind.sections(known, sheet.draft, self.item)

    def changes(self) -> list[Change]:
        """What would be saved."""
        known, sheet = self._known(), self.sheet
        if known is None or sheet is None:
            return []
        return changes(known, self.sections(), sheet.saved, sheet.draft)

    def has_draft(self, slug: str, ident: str) -> bool:
        """Whether something was changed there and not saved yet."""
        sheet = self._sheets.get((slug, ident))
        return sheet is not None and sheet.draft != sheet.saved

    async def show(self, kind: Kind[Any, Any], ident: str) -> None:
        """Open another object; a draft that was left there is taken up."""
        if (self.kind, self.ident) != (kind, ident):
            self._turn += 1
            self.kind, self.ident, self.item, self.history = kind, ident, None, None
            self.error, self.failure, self.conflict, self.refused = None, None, None, ()
            self.asking, self.doubted = None, ()
        await self.load()

    async def load(self) -> None:
        """Read it anew; what is being changed stays."""
        kind, turn = self.kind, self._turn
        if kind is None:
            return
        if self.is_new:
            self._begin_new(kind)
            return
        item = await self.read(self._read(kind, self.ident))
        if item is not None and turn == self._turn and not self.saving:
            self._take(kind, item)
            await self._read_history(kind, turn)

    def _begin_new(self, kind: Kind[Any, Any]) -> None:
        known = self._known()
        if known is not None and self.sheet is None:
            self._sheets.put(self._name, begun(kind.blank(known)))
        self.history = ()
        self.notify()

    def _take(self, kind: Kind[Any, Any], item: Any) -> None:
        """What the server has; a draft on an older state stays on it, and saving will say so."""
        sheet = self.sheet
        if sheet is None or sheet.draft == sheet.saved:
            self._sheets.put(self._name, begun(kind.draft(item), rev=_rev_of(item)))
            self.item = item
        elif self.item is None:
            self.item = item
        self.error = None
        self.notify()

    async def _read(self, kind: Kind[Any, Any], ident: str) -> Any:
        if kind.is_listed_only:
            await self._directory.load([kind.slug])
            found = self._directory.find(kind.slug, ident)
            if found is None:
                raise ApiError(status=404, code="not_found")
            return found
        return await self._client.read(path_of(kind, ident), kind.item)

    async def _read_history(self, kind: Kind[Any, Any], turn: int) -> None:
        query = [("object_kind", kind.audited_as), ("object_id", self.ident), ("limit", HISTORY)]
        try:
            page = await self._client.read(routes.AUDIT, Page[AuditEntry], query)
        except (SignedOut, Unreachable, ApiError):
            return
        if turn == self._turn:
            self.history = tuple(page.items)

    # Filling in

    def type(self, at: Place[Any, Value], value: Value) -> None:
        """Text was typed: the field keeps its cursor."""
        if self._write(at, value) and (self._pulse is None or self._pulse.done()):
            self._pulse = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        await asyncio.sleep(PULSE_S)
        self.typed.notify()

    def choose(self, at: Place[Any, Value], value: Value) -> None:
        """Something was chosen: the form may look different now."""
        if self._write(at, value):
            self.refused = tuple(each for each in self.refused if not belongs_to(each, at.key))
            self.notify()

    def edit(self, at: Place[Any, Value], change: Callable[[Value], Value]) -> None:
        """As `choose`, for what follows from what stands there now, which may be newer than what was drawn."""
        now = self.value(at)
        if now is not None:
            self.choose(at, change(now))

    def _write(self, at: Place[Any, Value], value: Value) -> bool:
        """Whether there is still such a place: what was tapped may be drawn of a form that is gone."""
        with contextlib.suppress(LookupError, AttributeError):
            if self.sheet is not None:
                self.sheet.draft = at.written(self.sheet.draft, value)
                return True
        return False

    def doubt(self, problems: tuple[FieldProblem, ...]) -> None:
        """What would be refused as it stands, said before it is saved."""
        if problems != self.doubted:
            self.doubted = problems
            self.notify()

    def fill(self, slug: str, ident: str, sheet: Sheet[Any]) -> None:
        """Take up a form that was left half filled; on an older state than the server's, saving will say so."""
        self._sheets.put((slug, ident), sheet)
        self.notify()

    def value(self, at: Place[Any, Value]) -> Value | None:
        """What stands in the form; None where another stands already, or none."""
        with contextlib.suppress(LookupError, AttributeError):
            return at.read(self.sheet.draft) if self.sheet is not None else None

    def put_away(self) -> None:
        """What was shown this once was copied."""
        self.reveal = None

    def ask(self, question: Asking | None) -> None:
        """Ask once before something is lost."""
        self.asking = question

    def discard(self) -> None:
        """Back to what is saved."""
        self.asking, self.refused, self.failure, self.conflict, self.doubted = None, (), None, None, ()
        if self.sheet is not None:
            self.sheet.draft = self.sheet.saved
        self.notify()

    # Saving

    async def save(self) -> None:
        """Send it; what is refused stands at its field, what somebody else changed is asked about."""
        known, kind, sheet = self._known(), self.kind, self.sheet
        if known is None or kind is None or sheet is None or self.saving:
            return
        sections = self.sections()
        self.refused, self.failure = tuple(flaws(sections, sheet.draft)), None
        if self.refused:
            self.notify()
            return
        self.saving = True
        try:
            item = await self._send(kind, sheet, kind.sent(known, sheet.draft, self.item))
        except SignedOut:
            self._client.signed_out()
        except (Unreachable, ApiError) as error:
            await self._refuse(kind, error)
        else:
            await self._saved(kind, known, item)
        finally:
            self.saving = False

    async def _send(self, kind: Kind[Any, Any], sheet: Sheet[Any], body: Struct) -> Any:
        if self.is_new:
            path = kind.make_path or kind.list_path
            return await self._client.write("POST", path, body, answer=kind.made or kind.item, key=sheet.key)
        path = path_of(kind, self.ident)
        return await self._client.write(kind.method, path, body, answer=kind.item, rev=sheet.rev)

    async def _saved(self, kind: Kind[Any, Any], known: Known, item: Any) -> None:
        was_new = self.is_new
        self._sheets.drop(self._name)
        if was_new:
            self.reveal = kind.revealed(known, item)
        self.conflict = None
        self.item = item
        if not was_new:
            self._sheets.put(self._name, begun(kind.draft(item), rev=_rev_of(item)))
        self.notify()
        await self._directory.load([kind.slug])
        if not was_new:
            await self._read_history(kind, self._turn)
        self.saved(kind, kind.ident(item), was_new)

    async def _refuse(self, kind: Kind[Any, Any], error: Unreachable | ApiError) -> None:
        if isinstance(error, ApiError) and error.status == 412 and not self.is_new:
            try:
                self.conflict = await self._read(kind, self.ident)
                await self._read_history(kind, self._turn)
            except (SignedOut, Unreachable, ApiError) as second:
                self.failure = second
        elif isinstance(error, ApiError) and error.problems:
            self.refused = error.problems
            self.failure = error
        else:
            self.failure = error
        if isinstance(error, ApiError) and error.status < 500 and self.sheet is not None:
            # The refusal is remembered under the key: the next attempt is another request.
            self.sheet.key = str(uuid4())
        self.notify()

    def load_newest(self) -> None:
        """Take what somebody else saved, and drop mine."""
        if self.kind is not None and self.conflict is not None:
            self._sheets.put(self._name, begun(self.kind.draft(self.conflict), rev=_rev_of(self.conflict)))
            self.item, self.conflict, self.refused = self.conflict, None, ()
            self.notify()

    async def keep_mine(self) -> None:
        """Save what I changed on top of the newest; what I did not touch stays as they left it."""
        sheet = self.sheet
        if self.kind is None or self.conflict is None or sheet is None:
            return
        saved = draft = self.kind.draft(self.conflict)
        for each in self.changes():
            draft = each.at.written(draft, each.at.read(sheet.draft))
        self._sheets.put(self._name, begun(saved, draft, rev=_rev_of(self.conflict)))
        self.item, self.conflict = self.conflict, None
        self.notify()
        await self.save()

    async def remove(self) -> None:
        """Remove it; its name is told to whoever listens."""
        known, kind, item = self._known(), self.kind, self.item
        self.asking = None
        if known is None or kind is None or item is None:
            return
        try:
            await self._client.write(
                "DELETE", path_of(kind, self.ident), answer=dict[str, Any], rev=getattr(item, "rev", None)
            )
        except SignedOut:
            self._client.signed_out()
        except (Unreachable, ApiError) as error:
            await self._refuse(kind, error)
        else:
            self._sheets.drop(self._name)
            await self._directory.load([kind.slug])
            self.removed(kind, kind.name(item))

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self._sheets = _Sheets()
        self.kind, self.ident, self.item, self.history, self.conflict = None, "", None, None, None
        self.error, self.failure, self.refused, self.asking, self.reveal = None, None, (), None, None


class _Sheets:
    """Forms by kind and object. Not a dict, which an observable would watch."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[str, str], Sheet[Any]] = {}

    def get(self, name: tuple[str, str]) -> Sheet[Any] | None:
        return self._sheets.get(name)

    def put(self, name: tuple[str, str], sheet: Sheet[Any]) -> None:
        self._sheets[name] = sheet

    def drop(self, name: tuple[str, str]) -> None:
        self._sheets.pop(name, None)


def _rev_of(item: Any) -> int | None:
    return getattr(item, "rev", None)


def path_of(kind: Kind[Any, Any], ident: str) -> str:
    """Where one object of a kind stands."""
    return re.sub(r"\{\w+\}", ident, kind.item_path)
