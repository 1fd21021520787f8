"""Accept an invitation: the account, its teams and the first session in one commit."""

from datetime import datetime

from msgspec import structs

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.invitations import open_invitation
from server.accounts.people.people import make_user
from server.accounts.sign_in.sessions import begin_session
from server.kernel.database import Database, one_of, select
from server.kernel.errors import NotFound, Stale
from server.kernel.secrets import Secrets
from server.tables.accounts import Team
from shared.wire.invitations import Acceptance
from shared.wire.people import NewUser
from shared.wire.sessions import Tokens


async def accept_invitation(db: Database, secrets: Secrets, given: Acceptance, *, device: str, now: datetime) -> Tokens:
    """Raises NotFound for a link that is over, Invalid naming the field, Conflict when the email was taken since."""
    row = await open_invitation(db, secrets, given.token, now=now)
    left = {
        id
        for (id,) in await db.values(
            select(Team, Team.id).where(Team.archived_at.is_null(), one_of(Team.id, row.team_ids))
        )
    }
    new = NewUser(
        name=given.name,
        email=row.email,
        password=given.password,
        role=row.role,
        language=given.language,
        time_zone=given.time_zone,
        team_ids=tuple(id for id in row.team_ids if id in left),
    )
    writes, user = await make_user(db, new, chose=True, now=now)
    writes.sql(
        "UPDATE invitation SET accepted_at = :now WHERE id = :id AND round = :round AND accepted_at IS NULL"
        " AND withdrawn_at IS NULL",
        expect=1,
        now=now,
        id=row.id,
        round=row.round,
    )
    _, tokens = begin_session(writes, secrets, user.id, device=device, now=now)
    person = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        language=user.language,
        time_zone=user.time_zone,
        team_ids=frozenset(new.team_ids),
        visible_ids=frozenset(new.team_ids),
    )
    accepted = structs.replace(row, accepted_at=now)
    about = About("invitation", row.id, row.email)
    audit(writes, person, about, now=now, before=row, after=accepted, verb="accepted")
    try:
        await db.apply(writes)
    except Stale:
        raise NotFound("this invitation is not valid any more; ask for a new one", code="bad_invitation") from None
    return tokens
