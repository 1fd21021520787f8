"""What people and teams are called, and whose clock is which."""

from collections.abc import Iterable

from server.kernel.database import Database


async def names_of_people(db: Database, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these, by their ids; who was deactivated keeps theirs."""
    wanted = tuple(sorted({id for id in ids if id is not None}))
    return dict(await db.values("SELECT id, name FROM user_account WHERE id IN :ids", ids=wanted)) if wanted else {}


async def name_of_person(db: Database, id: str | None) -> str | None:
    """None for nobody, and for whoever isn't there."""
    return (await names_of_people(db, [id])).get(id or "")


async def names_of_all_people(db: Database) -> dict[str, str]:
    return dict(await db.values("SELECT id, name FROM user_account"))


async def names_and_zones(db: Database) -> tuple[dict[str, str], dict[str, str]]:
    """Of all people; who has said no zone has none here."""
    rows = list(await db.values("SELECT id, name, time_zone FROM user_account"))
    return {id: name for id, name, _ in rows}, {id: zone for id, _, zone in rows if zone}


async def names_of_all_teams(db: Database) -> dict[str, str]:
    return dict(await db.values("SELECT id, name FROM team"))
