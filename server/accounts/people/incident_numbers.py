"""From which row of `counter` a team's incidents draw their numbers: a private team's have a range of their own.

Otherwise the gaps in what others see would tell how much happens there.
"""

from typing import Final

from server.kernel.database import Writes

PUBLIC: Final = "incident"
PRIVATE: Final = "no %"
SPACING: Final = 10_000_000
COUNTER: Final = (
    "COALESCE((SELECT counter.name FROM counter JOIN team ON counter.name = 'no ' || team.id"
    " WHERE team.id = :team_id AND team.is_private), 'incident')"
)
"""The name of the row that the team with `:team_id` draws from."""


def draw(writes: Writes, team_id: str, count: int) -> None:
    """Draw so many numbers; the last of them is the row's value from then on, within these writes."""
    text = f"UPDATE counter SET value = value + :count WHERE name = {COUNTER}"  # noqa: S608 fixed
    writes.sql(text, expect=1, count=count, team_id=team_id)


def open_range(writes: Writes, team_id: str) -> None:
    """Give a team that is private numbers of its own, once."""
    writes.sql(
        "INSERT INTO counter (name, value) SELECT :name, :spacing * (1 + (SELECT COUNT(*) FROM counter"
        " WHERE name LIKE 'no %')) WHERE TRUE ON CONFLICT (name) DO NOTHING",
        name=f"no {team_id}",
        spacing=SPACING,
    )
