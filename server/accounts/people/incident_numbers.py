"""From which row of `counter` a team's incidents draw their numbers: a private team's have a range of their own.

Otherwise the gaps in what others see would tell how much happens there.
"""

from typing import Final

from server.kernel.database import Writes
from server.kernel.revisions import begin_range, draw_from

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
    draw_from(writes, COUNTER, count, team_id=team_id)


def open_range(writes: Writes, team_id: str) -> None:
    """Give a team that is private numbers of its own, once."""
    begin_range(writes, PRIVATE.removesuffix("%"), team_id, spacing=SPACING)
