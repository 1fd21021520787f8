"""Which sheet is open and what is filled in, apart from what components hold: as drafts, and taken up again."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, cast, get_args

import msgspec
from msgspec import Struct

from phone.base.draft import Draft
from phone.base.loosely import loosely
from phone.console.form.editor import begun
from phone.console.form.kind import fields_of
from phone.console.kinds import kind_of
from phone.first_run.store import Answers
from phone.hand_over.asking import CoverDraft
from phone.hand_over.pager import PagerDraft
from phone.hand_over.store import Side
from phone.hand_over.taking_off import OffDraft
from phone.incidents.open_incident import Ask
from phone.stores import Stores
from shared.wire.schedules import OverrideInput


class Asked(Struct, frozen=True):
    """A sheet over one object."""

    id: str
    what: str


class Form(Struct, frozen=True, kw_only=True):
    """A form of the Console, and the revision that it was begun on."""

    saved: dict[str, Any]
    draft: dict[str, Any]
    rev: int | None


class Handing(Struct, frozen=True, kw_only=True):
    """One side of the hand-over sheet, the shift it is about, and what was filled in."""

    side: Side
    schedule_id: str | None = None
    shift_start: datetime | None = None
    shift_end: datetime | None = None
    off: OffDraft | None = None
    cover: CoverDraft | None = None
    pager: PagerDraft | None = None


class Unsent:
    """Watches the parts of an app; `take_up` once they have read what stands at the address."""

    def __init__(self, app: Stores) -> None:
        self._app = app
        self._drafts = app.look.drafts
        self._left_forms: dict[str, Form] = {}
        self._touched: Callable[[object, str | None], None] = lambda _part, _field: self._drafts.touch()
        self._doing: dict[str, tuple[Callable[[], Any], Any, Callable[[Any], Awaitable[None]]]] = {
            "incident-asking": (self._asked, Asked, self._ask),
            "handover-asking": (self._remarked, str, self._remark),
            "override-asking": (self._override, OverrideInput, self._draw_override),
            "hand_over-asking": (self._handing, Handing, self._hand),
            "console": (self._forms, dict[str, Form], self._fill),
            "first_run": (self._answers, Answers, self._answer),
            "table": (lambda: app.inviting.table or None, str, self._paste),
        }
        for name, (read, _, _) in self._doing.items():
            self._drafts.watch(name, read)
        for part in (
            app.incident,
            app.handover,
            app.schedule,
            app.hand_over,
            app.taking_off,
            app.asking_cover,
            app.pager,
            app.editor,
            app.editor.typed,
            app.first_run,
            app.first_run.form,
            app.inviting,
            app.place,
        ):
            part.subscribe(self._touched)

    async def take_up(self) -> None:
        """Open what was open, with what was filled in; what can't be read any more is left."""
        self._left_forms = {}
        for name, (_, kind, do) in self._doing.items():
            left = self._drafts.take(name)
            if left is None:
                continue
            try:
                found = loosely(left, kind)
            except msgspec.ValidationError:
                continue
            await do(found)

    # The sheets of an incident, a remark, an override

    def _asked(self) -> Asked | None:
        incident = self._app.incident
        return Asked(incident.id, incident.asking) if incident.id and incident.asking else None

    async def _ask(self, left: Asked) -> None:
        if self._app.incident.id == left.id and left.what in get_args(Ask):
            self._app.incident.ask(cast(Ask, left.what))

    def _remarked(self) -> str | None:
        return self._app.schedule.id if self._app.handover.writes else None

    async def _remark(self, schedule_id: str) -> None:
        if self._app.schedule.id == schedule_id:
            self._app.handover.write(True)

    def _override(self) -> OverrideInput | None:
        asking = self._app.schedule.asking
        return asking.whole if isinstance(asking, Draft) else None

    async def _draw_override(self, left: OverrideInput) -> None:
        if self._app.schedule.id is not None and self._app.place.route.startswith("/schedules/"):
            self._app.schedule.ask(Draft(left))

    # Handing over

    def _handing(self) -> Handing | None:
        app, side = self._app, self._app.hand_over.side
        if side in (None, "take"):
            return None
        shift = app.asking_cover.shift if side == "ask" else app.hand_over.shift
        return Handing(
            side=side,
            schedule_id=shift.schedule.id if shift is not None else None,
            shift_start=shift.shift.start if shift is not None else None,
            shift_end=shift.shift.end if shift is not None else None,
            off=app.taking_off.form.whole if side == "off" else None,
            cover=app.asking_cover.form.whole if side == "ask" else None,
            pager=app.pager.form.whole if side == "give" else None,
        )

    async def _hand(self, left: Handing) -> None:
        app, shift = self._app, None
        if left.schedule_id and left.shift_start and left.shift_end:
            shift = app.hand_over.find(left.schedule_id, left.shift_start, left.shift_end)
        await app.names.need("people")
        await app.hand_over.open(left.side, shift=shift)
        if left.off is not None:
            await app.taking_off.fill(left.off)
        elif left.cover is not None and shift is not None:
            await app.asking_cover.fill(left.cover)
        elif left.pager is not None:
            await app.pager.fill(left.pager)

    # Forms

    def _forms(self) -> dict[str, Form] | None:
        """The one that is shown and those that were left, without what is secret."""
        editor = self._app.editor
        shown = self._shown_form()
        if shown is not None and editor.kind is not None:
            self._left_forms[f"{editor.kind.slug}/{editor.ident}"] = shown
        left = {name: form for name, form in self._left_forms.items() if editor.has_draft(*name.split("/", 1))}
        self._left_forms = left
        return dict(left) or None

    def _shown_form(self) -> Form | None:
        editor = self._app.editor
        sheet = editor.sheet
        if editor.kind is None or sheet is None or sheet.draft == sheet.saved:
            return None
        draft = sheet.draft
        for each in fields_of(editor.sections()):
            if each.form == "secret" and each.at.read(draft):
                draft = each.at.written(draft, each.at.read(sheet.saved))
        return Form(saved=msgspec.to_builtins(sheet.saved), draft=msgspec.to_builtins(draft), rev=sheet.rev)

    async def _fill(self, left: dict[str, Form]) -> None:
        for name, form in left.items():
            slug, _, ident = name.partition("/")
            kind = kind_of(slug)
            with contextlib.suppress(msgspec.ValidationError):
                if kind is not None:
                    saved, draft = loosely(form.saved, kind.input), loosely(form.draft, kind.input)
                    self._app.editor.fill(slug, ident, begun(saved, draft, rev=form.rev))
                    self._left_forms[name] = form

    def _answers(self) -> Answers | None:
        given = self._app.first_run.form.whole
        return None if given == Answers() else given

    async def _answer(self, left: Answers) -> None:
        self._app.first_run.form.fill(left)

    async def _paste(self, left: str) -> None:
        self._app.inviting.table = left
        self._app.inviting.notify()
