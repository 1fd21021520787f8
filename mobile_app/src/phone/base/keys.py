"""What is sent again because no answer came is the same: each body has one Idempotency-Key."""

from collections.abc import Hashable
from uuid import uuid4


class Keys:
    """Of what was sent since the last `forget`; what is meant anew has to be forgotten before."""

    def __init__(self) -> None:
        self._keys: dict[Hashable, str] = {}

    def of(self, body: Hashable) -> str:
        """The key of this body; another one for another."""
        return self._keys.setdefault(body, str(uuid4()))

    def forget(self) -> None:
        """What is sent from now on is meant anew, also where it says the same."""
        self._keys.clear()
