"""Inviting beside the form: many at once from a table, one once more."""

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, Unreachable
from phone.base.i18n import Words
from phone.base.state import State
from shared.wire import routes
from shared.wire.invitations import Invitation, Invited
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language

EXAMPLE: Final = "name,email,role,teams\nAna Ruiz,ana@example.com,manager,Payments|Platform"
ROW: Final = re.compile(r"rows\[\d+\]\.(\w+)")


class WrongLine(Struct, frozen=True):
    """A line of the table as it was given, and what is wrong with it; `column` by problem."""

    number: int
    text: str
    problems: tuple[tuple[str, FieldProblem], ...]


class Inviting(State):
    """`table` is what was pasted; it is sent whole or not at all."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._key = str(uuid4())
        self.table = ""
        self.wrong: tuple[WrongLine, ...] = ()
        self.invited: tuple[Invitation, ...] = ()
        self.sent_again: Invitation | None = None
        self.busy = False
        self.changed: Callable[[], None] = lambda: None

    def take_text(self, text: str) -> None:
        """The table was typed or pasted."""
        self.table = text

    def take_file(self, content: bytes, words: Words) -> None:
        """A file was chosen: show what is in it before it is sent."""
        self.table = text_of(content, words.language)
        self.wrong, self.error, self.invited = (), None, ()
        self.notify()

    async def send(self, language: Language) -> None:
        """Invite everybody of the table."""
        body = {"csv": self.table, "language": language}
        self.wrong, self.invited = (), ()
        invited = await self._carry_out(routes.INVITATIONS_CSV, body, Invited, key=self._key)
        if isinstance(invited, Invited):
            self.invited, self.table = tuple(invited.items), ""
            self.notify()
            self.changed()
        elif isinstance(self.error, ApiError):
            self.wrong = wrong_lines(self.table, self.error.problems)
        if not isinstance(self.error, Unreachable):
            self._key = str(uuid4())

    async def resend(self, ident: str) -> None:
        """A new link with a new term; the old one is over."""
        path = routes.INVITATION_RESEND.format(invitation_id=ident)
        sent = await self._carry_out(path, {}, Invitation, key=str(uuid4()))
        if isinstance(sent, Invitation):
            self.sent_again = sent
            self.changed()

    async def _carry_out(self, path: str, body: object, answer: type[Struct], *, key: str) -> Struct | None:
        self.error, self.busy = None, True
        try:
            return await self.read(self._client.write("POST", path, body, answer=answer, key=key))
        finally:
            self.busy = False

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.table, self.wrong, self.invited, self.sent_again, self.error = "", (), (), None, None
        self._key = str(uuid4())


def text_of(content: bytes, language: Language) -> str:
    """A spreadsheet's text: UTF-8, else the old code page that spreadsheets of the language save in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030" if language == "zh" else "cp1252", errors="replace")


def wrong_lines(table: str, problems: tuple[FieldProblem, ...]) -> tuple[WrongLine, ...]:
    """The refusals at their lines, in order; what is wrong with the table as a whole is no line."""
    lines = table.splitlines()
    found: dict[int, list[tuple[str, FieldProblem]]] = {}
    for problem in problems:
        place, number = ROW.fullmatch(problem.field), problem.args.get("line")
        if place is not None and isinstance(number, int):
            found.setdefault(number, []).append((place[1], problem))
    return tuple(
        WrongLine(number, lines[number - 1] if 0 < number <= len(lines) else "", tuple(found[number]))
        for number in sorted(found)
    )
