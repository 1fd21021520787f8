"""Invitations: a link by mail or by hand, good once and for a week, that makes an account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, structs

from server.accounts.access.actors import Actor
from server.accounts.access.names import names_of_people
from server.accounts.audit.trail import About, audit
from server.accounts.people.links import INVITATION, id_in, invitation_link, is_link_token
from server.accounts.people.mail import can_mail, mail_invitation
from server.accounts.people.people import may_give, require_free, require_may_give, team_flaws
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.tables.accounts import Invitation, Team, User
from server.tables.credentials import ApiKey
from shared.domain.mail_address import is_mail_address
from shared.wire import invitations as wire
from shared.wire.lists import Page, Ref
from shared.wire.sessions import Language, Role

LASTING = timedelta(days=7)


class InvitationRow(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    name: str
    role: Role
    language: Language
    team_ids: tuple[str, ...]
    round: int
    is_mailed: bool
    invited_by: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class Made(Struct, frozen=True):
    """What is remembered of invitations that were sent: their links are not."""

    ids: list[str]


async def invite(
    db: Database, actor: Actor, new: wire.NewInvitation, *, settings: Settings, now: datetime
) -> tuple[Writes, Made]:
    """Raises Invalid naming the field, Forbidden for a role above the actor's, Conflict for somebody known."""
    require_may_give(actor, new.role)
    flaws = [] if is_mail_address(new.email) else [FieldError("email", "not_an_email", "must be an email address")]
    if flaws := [*flaws, *await team_flaws(db, new.team_ids, actor)]:
        raise Invalid(flaws)
    email = new.email.strip().lower()
    await require_free(db, email)
    if email in await invited(db, (email,), now=now):
        raise Conflict("this address has an open invitation; send that one again", code="invited_already")
    writes = Writes()
    row = write_invitation(writes, actor, new, is_mailed=await can_mail(db, settings), now=now)
    audit(writes, actor, About("invitation", row.id, row.email), now=now, after=row)
    return writes, Made([row.id])


async def invited(db: Database, emails: Sequence[str], *, now: datetime) -> set[str]:
    """Those of these addresses that have an open invitation."""
    rows = await db.values(
        select(Invitation, Invitation.email).where(
            one_of(Invitation.email, emails),
            Invitation.accepted_at.is_null(),
            Invitation.withdrawn_at.is_null(),
            Invitation.expires_at > now,
        )
    )
    return {email for (email,) in rows}


def write_invitation(
    writes: Writes, actor: Actor, new: wire.NewInvitation, *, is_mailed: bool, now: datetime
) -> InvitationRow:
    """Invite somebody whom nothing speaks against; an expired invitation makes room."""
    row = InvitationRow(
        id=new_id(now),
        email=new.email.strip().lower(),
        name=new.name.strip(),
        role=new.role,
        language=new.language,
        team_ids=new.team_ids,
        round=1,
        is_mailed=is_mailed,
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + LASTING,
        accepted_at=None,
        withdrawn_at=None,
    )
    writes.sql(
        "UPDATE invitation SET withdrawn_at = :now WHERE email = :email AND accepted_at IS NULL"
        " AND withdrawn_at IS NULL AND expires_at <= :now",
        email=row.email,
        now=now,
    )
    writes.insert(Invitation, **{name: getattr(row, name) for name in row.__struct_fields__})
    if row.is_mailed:
        mail_invitation(writes, row.id, now=now)
    return row


async def resend(db: Database, actor: Actor, id: str, *, settings: Settings, now: datetime) -> tuple[Writes, Made]:
    """A new link for another week; the old one ends."""
    before = await _changeable(db, actor, id)
    is_mailed = await can_mail(db, settings)
    after = structs.replace(before, round=before.round + 1, expires_at=now + LASTING, is_mailed=is_mailed)
    writes = Writes().sql(
        "UPDATE invitation SET round = round + 1, expires_at = :until, is_mailed = :mailed"
        " WHERE id = :id AND round = :round AND accepted_at IS NULL AND withdrawn_at IS NULL",
        expect=1,
        until=after.expires_at,
        mailed=after.is_mailed,
        id=id,
        round=before.round,
    )
    if after.is_mailed:
        mail_invitation(writes, id, now=now)
    audit(writes, actor, About("invitation", id, before.email), now=now, before=before, after=after, verb="sent_again")
    return writes, Made([id])


async def withdraw_invitation(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    before = await _changeable(db, actor, id)
    writes = Writes().sql(
        "UPDATE invitation SET withdrawn_at = :now WHERE id = :id AND accepted_at IS NULL AND withdrawn_at IS NULL",
        expect=1,
        now=now,
        id=id,
    )
    audit(writes, actor, About("invitation", id, before.email), now=now, before=before, verb="withdrawn")
    return writes


async def _changeable(db: Database, actor: Actor, id: str) -> InvitationRow:
    found = await db.row(InvitationRow, select(Invitation).where(Invitation.id == id))
    if found is None:
        raise NotFound
    require_may_give(actor, found.role)
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise Conflict("it was accepted or withdrawn already", code="invitation_over")
    return found


async def list_invitations(
    db: Database, actor: Actor, secrets: Secrets, settings: Settings, *, limit: int, cursor: str | None, now: datetime
) -> Page[wire.Invitation]:
    """The newest first; links only of those that the actor could have sent."""
    before = decode_cursor(cursor, str)[0] if cursor is not None else "~"
    rows = await db.rows(
        InvitationRow,
        select(Invitation).where(Invitation.id < before).order_by(Invitation.id, ascending=False).limit(limit + 1),
    )
    shown, more = cut(rows, limit, lambda row: (row.id,))
    return Page(items=await _as_wire(db, shown, actor, secrets, settings, now=now), next_cursor=more)


async def read_invitations(
    db: Database, actor: Actor, secrets: Secrets, settings: Settings, *, ids: Sequence[str], now: datetime
) -> list[wire.Invitation]:
    """These, in their order; those that aren't there are left out."""
    rows = await db.rows(InvitationRow, select(Invitation).where(one_of(Invitation.id, ids)).order_by(Invitation.id))
    return await _as_wire(db, rows, actor, secrets, settings, now=now)


async def _as_wire(
    db: Database, rows: list[InvitationRow], actor: Actor, secrets: Secrets, settings: Settings, *, now: datetime
) -> list[wire.Invitation]:
    teams = dict(await db.values(select(Team, Team.id, Team.name).where(one_of(Team.id, actor.visible_ids))))
    by = {row.invited_by for row in rows}
    keys = dict(await db.values(select(ApiKey, ApiKey.id, ApiKey.name).where(one_of(ApiKey.id, by))))
    names = keys | await names_of_people(db, by)
    return [
        wire.Invitation(
            id=row.id,
            email=row.email,
            name=row.name,
            role=row.role,
            language=row.language,
            teams=[Ref(id, teams[id]) for id in row.team_ids if id in teams],
            state=state_of(row, now),
            created_at=row.created_at,
            expires_at=row.expires_at,
            invited_by=names.get(row.invited_by, ""),
            is_mailed=row.is_mailed,
            link=invitation_link(settings, secrets, row.id, row.round)
            if row.is_open(now) and may_give(actor, row.role)
            else None,
        )
        for row in rows
    ]


def state_of(row: InvitationRow, now: datetime) -> Literal["open", "accepted", "withdrawn", "expired"]:
    if row.accepted_at is not None:
        return "accepted"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "open" if now < row.expires_at else "expired"


async def open_invitation(db: Database, secrets: Secrets, token: str, *, now: datetime) -> InvitationRow:
    """Raises NotFound for a link that is made up, used, withdrawn, replaced or too old."""
    id = id_in(token, INVITATION)
    row = await db.row(InvitationRow, select(Invitation).where(Invitation.id == id)) if id is not None else None
    if row is None or not row.is_open(now) or not is_link_token(secrets, token, INVITATION, row.id, row.round):
        raise NotFound("this invitation is not valid any more; ask for a new one", code="bad_invitation")
    return row


async def welcome(db: Database, secrets: Secrets, token: str, *, now: datetime) -> wire.Welcome:
    row = await open_invitation(db, secrets, token, now=now)
    teams = await db.values(
        select(Team, Team.name).where(Team.archived_at.is_null(), one_of(Team.id, row.team_ids)).order_by(Team.name)
    )
    by = await db.value(select(User, User.name).where(User.id == row.invited_by))
    return wire.Welcome(
        email=row.email,
        name=row.name,
        role=row.role,
        language=row.language,
        teams=[name for (name,) in teams],
        invited_by=by or "",
        expires_at=row.expires_at,
    )
