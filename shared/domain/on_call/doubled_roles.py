"""Two roles in one pair of hands: whoever is meant to be behind somebody is the same person then."""

from datetime import datetime

from shared.domain.on_call.rota import Rota
from shared.domain.on_call.running_shifts import side_by_side


def doubled_from(before: Rota, after: Rota, user_id: str, start: datetime, end: datetime) -> datetime | None:
    """The first instant at which somebody holds more roles than one, and more than they did before."""
    for t, was, will in side_by_side(before, after, start, end):
        had, has = ({entry.role_id for entry in each if entry.user_id == user_id} for each in (was, will))
        if len(has) > max(1, len(had)):
            return t
    return None
