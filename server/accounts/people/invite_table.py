"""Invite many at once from a table: all of it, or nothing and what is wrong in each line."""

import re
from datetime import datetime
from typing import cast, get_args

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.invitations import Made, invited, write_invitation
from server.accounts.people.mail import can_mail
from server.accounts.people.people import LONGEST_NAME, may_give
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.errors import FieldError, Invalid
from server.kernel.reading.csv_table import read_rows
from server.kernel.settings import Settings
from server.tables.accounts import Team, User
from shared.domain.mail_address import is_mail_address
from shared.domain.visible import one_line
from shared.wire.invitations import InvitationTable, NewInvitation
from shared.wire.sessions import Role

COLUMNS = ("name", "email", "role", "teams")
MOST_ROWS = 500
_SEPARATORS = re.compile(r"[|;,]")


class Line(Struct, frozen=True, kw_only=True):
    """One person of the table; `number` counts the file's lines from 1, as a spreadsheet does."""

    number: int
    name: str
    email: str
    role: str
    teams: tuple[str, ...]
    has_more: bool


class AccountFacts(Struct, frozen=True, kw_only=True):
    """What lines are checked against: the ids of teams by name, addresses that have an account or invitation."""

    teams: dict[str, list[str]]
    accounts: frozenset[str]
    invited: frozenset[str]
    roles: frozenset[str]

    def named(self, name: str) -> list[str]:
        """The teams that are meant: those of just this name, or else of this name in other letters."""
        alike = [id for known, ids in self.teams.items() if known.casefold() == name.casefold() for id in ids]
        return self.teams.get(name) or alike


class _Sent(Struct, frozen=True):
    """What the audit trail tells of a table."""

    people: list[str]


def read_table(text: str) -> list[Line]:
    """The lines of a CSV as spreadsheets write it: byte order mark, commas, semicolons or tabs, quoted fields.

    Raises Invalid for what is no such table, or has more than 500 lines.
    """
    rows = read_rows(text)
    columns = [name.strip().lower() for name in rows[0]] if rows else []
    for column in columns:
        if column not in COLUMNS:
            raise Invalid.one(
                "csv", "unknown_column", f"has the column {column[:80]!r}; known are {', '.join(COLUMNS)}"
            )
    if "email" not in columns or len(set(columns)) < len(columns):
        raise Invalid.one("csv", "no_header", "must begin with the header name,email,role,teams")
    found = [_line(number, columns, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not found:
        raise Invalid.one("csv", "empty", "has no line below its header")
    if len(found) > MOST_ROWS:
        raise Invalid.one("csv", "too_long", f"at most {MOST_ROWS} people at once", max=MOST_ROWS)
    return found


def _line(number: int, columns: list[str], row: list[str]) -> Line:
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
    teams = tuple(name.strip() for name in _SEPARATORS.split(cells.get("teams", "")) if name.strip())
    return Line(
        number=number,
        name=cells.get("name", ""),
        email=cells.get("email", "").lower(),
        role=cells.get("role", "").lower() or "responder",
        teams=tuple(dict.fromkeys(teams)),
        has_more=any(cell.strip() for cell in row[len(columns) :]),
    )


def check_lines(lines: list[Line], known: AccountFacts) -> list[FieldError]:
    """Everything that is wrong, as `rows[3].email`; rows count from 0 below the header."""
    seen: set[str] = set()
    flaws: list[FieldError] = []
    for n, line in enumerate(lines):
        if line.has_more:
            message = "has more cells than the header; put quotes around what holds a separator"
            flaws.append(FieldError(f"rows[{n}]", "too_many_cells", message, {"line": line.number}))
        for field, code, message in _line_flaws(line, known, seen):
            most = {"max": LONGEST_NAME} if code == "too_long" else {}
            flaws.append(FieldError(f"rows[{n}].{field}", code, message, {"line": line.number, **most}))
        seen.add(line.email)
    return flaws


def _line_flaws(line: Line, known: AccountFacts, seen: set[str]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    if len(line.name) > LONGEST_NAME:
        found.append(("name", "too_long", f"must have at most {LONGEST_NAME} characters"))
    if not is_mail_address(line.email):
        found.append(("email", "not_an_email", "must be an email address"))
    elif line.email in seen:
        found.append(("email", "twice", "stands in the table twice"))
    elif line.email in known.accounts:
        found.append(("email", "email_taken", "somebody has this email already"))
    elif line.email in known.invited:
        found.append(("email", "invited_already", "this address has an open invitation"))
    if line.role not in get_args(Role):
        found.append(("role", "unknown", f"must be one of {', '.join(get_args(Role))}"))
    elif line.role not in known.roles:
        found.append(("role", "role_above_yours", "you may not give this role"))
    return found + _team_flaws(line, known)


def _team_flaws(line: Line, known: AccountFacts) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for name in line.teams:
        fitting = known.named(name)
        if not fitting:
            found.append(("teams", "unknown", f"there is no team {name[:80]!r}"))
        elif len(fitting) > 1:
            found.append(("teams", "ambiguous", f"several teams have the name {name[:80]!r}"))
    return found


async def invite_table(
    db: Database, actor: Actor, table: InvitationTable, *, settings: Settings, now: datetime
) -> tuple[Writes, Made]:
    """Raises Invalid with every wrong line; then nothing is written."""
    lines = read_table(table.csv)
    known = await _known(db, actor, lines, now=now)
    if flaws := check_lines(lines, known):
        raise Invalid(flaws)
    writes, ids, is_mailed = Writes(), list[str](), await can_mail(db, settings)
    for line in lines:
        new = NewInvitation(
            email=line.email,
            name=one_line(line.name),
            role=cast(Role, line.role),
            language=table.language,
            team_ids=tuple(dict.fromkeys(known.named(name)[0] for name in line.teams)),
        )
        ids.append(write_invitation(writes, actor, new, is_mailed=is_mailed, now=now).id)
    sent = _Sent(people=[f"{line.email} ({line.role})" for line in lines])
    audit(writes, actor, About("invitation", ids[0], f"{len(ids)} people"), now=now, after=sent)
    return writes, Made(ids)


async def _known(db: Database, actor: Actor, lines: list[Line], *, now: datetime) -> AccountFacts:
    emails = tuple({line.email for line in lines if "\0" not in line.email})
    rows = await db.values(
        select(Team, Team.name, Team.id).where(Team.archived_at.is_null(), one_of(Team.id, actor.visible_ids))
    )
    taken = await db.values(select(User, User.email).where(one_of(User.email, emails)))
    teams: dict[str, list[str]] = {}
    for name, id in rows:
        teams.setdefault(name.strip(), []).append(id)
    return AccountFacts(
        teams=teams,
        accounts=frozenset(email for (email,) in taken),
        invited=frozenset(await invited(db, emails, now=now)),
        roles=frozenset(role for role in get_args(Role) if may_give(actor, role)),
    )
