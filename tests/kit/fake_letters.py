"""Messages that were given up, as the server lists and settles them."""

import re
from typing import Any

import httpx
import msgspec

from shared.wire import routes
from shared.wire.lists import Page, Ref
from shared.wire.notifications import DeadLetter, NotificationItem
from tests.kit.answers import answered, refused
from tests.kit.night import BO

SETTLING = re.compile(routes.DEAD_LETTER_RETRY.format(notification_id="([^/]+)").replace("retry", "(retry|discard)"))


class FakeLetters:
    """One of mine that is still awaited, one of Bo's whose incident is over."""

    def __init__(self, mine: NotificationItem) -> None:
        self.items = [
            _given_up(mine, can_retry=True),
            _given_up(
                mine, id="n-bo", user=Ref(BO.id, BO.name), channel="push", reason="unregistered", can_retry=False
            ),
        ]

    def answer(self, method: str, path: str) -> httpx.Response | None:
        """None when the path is somebody else's."""
        if (method, path) == ("GET", routes.DEAD_LETTERS):
            return answered(Page(items=self.items))
        found = SETTLING.fullmatch(path)
        if method != "POST" or found is None:
            return None
        item = next((each for each in self.items if each.id == found[1]), None)
        if item is None:
            return refused(404, "not_found")
        if found[2] == "retry" and not item.can_retry:
            return refused(409, "not_awaited")
        self.items.remove(item)
        return httpx.Response(204)


def _given_up(item: NotificationItem, **given: Any) -> DeadLetter:
    fields: dict[str, Any] = {**msgspec.structs.asdict(item), "id": "n-test", "failed_at": item.created_at}
    return DeadLetter(**{**fields, **given})
