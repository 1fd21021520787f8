"""A service of the team that no list shows, for pages that are tests."""

import uuid
from datetime import datetime

from server.kernel.database import Writes
from shared.domain.pipeline.grouping import Grouping


def keep_hidden_service(writes: Writes, team_id: str, now: datetime) -> str:
    """Made once for each team; returns its id."""
    id = str(uuid.uuid5(uuid.UUID(team_id), "test pages"))
    writes.sql(
        "INSERT INTO service (id, name, description, team_id, grouping, runbook_url, created_at, archived_at, rev)"
        " VALUES (:id, 'Dogwatch', '', :team, :grouping, '', :now, :now, 1) ON CONFLICT (id) DO NOTHING",
        id=id,
        team=team_id,
        grouping=Grouping(),
        now=now,
    )
    return id
