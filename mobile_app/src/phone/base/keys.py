"""What is sent again because no answer came is the same: each request has one Idempotency-Key."""

from uuid import uuid4

import msgspec


class Keys:
    """Of what was sent since the last `forget`; what is meant anew has to be forgotten before."""

    def __init__(self) -> None:
        self._keys: dict[bytes, str] = {}

    def of(self, *what: object) -> str:
        """The key of this body, or path and body; another one for another."""
        return self._keys.setdefault(msgspec.json.encode(what), str(uuid4()))

    def drop(self, *what: object) -> None:
        """It was refused: sent again, it is meant anew."""
        self._keys.pop(msgspec.json.encode(what), None)

    def forget(self) -> None:
        """What is sent from now on is meant anew, also where it says the same."""
        self._keys.clear()
