"""Who hears of an incident, as far as the providers have said."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shared.domain.paging.escalation import Meant
from shared.domain.paging.notification import LOOK_AFTER


class Tried(Struct, frozen=True, kw_only=True):
    """A page of a step, due at `due_at`, in the state of its delivery."""

    user_id: str
    step: int
    due_at: datetime
    state: str


class Hearing(Struct, frozen=True, kw_only=True):
    """Everybody who was paged, and the `deaf` among them; one of the others may be so at `look_at`.

    With `is_waiting`, a page of somebody deaf is still under way.
    """

    paged: frozenset[str] = frozenset()
    deaf: frozenset[str] = frozenset()
    look_at: datetime | None = None
    is_waiting: bool = False


def who_hears_first(groups: tuple[Meant, ...], deaf: frozenset[str]) -> tuple[Meant, ...]:
    """The groups of a fallback in their order, but those last of which everybody is deaf."""

    def is_deaf(group: Meant) -> bool:
        return all(person.user_id in deaf for person in group.people if person.is_reachable)

    return tuple(sorted(groups, key=is_deaf))


def hearing_of(tried: Iterable[Tried], *, now: datetime) -> Hearing:
    """Deaf is whose pages since the last one that a provider took were all given up, or go on failing for a minute.

    Whether the same step sent them or several rounds did is all the same. What was taken back says nothing.
    """
    pages: dict[str, list[Tried]] = {}
    for page in tried:
        if page.state != "cancelled":
            pages.setdefault(page.user_id, []).append(page)
    deaf: set[str] = set()
    looks: list[datetime] = []
    is_waiting = False
    for user_id, found in pages.items():
        heard = max((page.step for page in found if page.state == "accepted"), default=-1)
        unheard = [page for page in found if page.step > heard]
        if not unheard:
            continue
        look_at = min(page.due_at for page in unheard) + LOOK_AFTER
        waits = any(page.state == "queued" for page in unheard)
        if waits and now < look_at:
            looks.append(look_at)
        else:
            deaf.add(user_id)
            is_waiting = is_waiting or waits
    return Hearing(
        paged=frozenset(pages), deaf=frozenset(deaf), look_at=min(looks, default=None), is_waiting=is_waiting
    )
