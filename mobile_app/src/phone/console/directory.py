"""Every list of the Console, read once and read again when something changed."""

import asyncio
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.state import State
from phone.base.window import Window
from phone.console.form.kind import Known
from phone.console.kinds import KINDS

NO_LISTS: MappingProxyType[str, tuple[Any, ...]] = MappingProxyType({})


class Directory(State):
    """`items` is None until a list was read; `errors` says which of them could not be."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._lists = NO_LISTS
        self.errors: MappingProxyType[str, Exception] = MappingProxyType({})
        self.text = ""

    def items(self, slug: str) -> tuple[Any, ...] | None:
        """A kind's objects, in its order."""
        return self._lists.get(slug)

    def find(self, slug: str, ident: str | None) -> Any:
        """One object of a list."""
        return next((each for each in self._lists.get(slug, ()) if KINDS[slug].ident(each) == ident), None)

    def named(self, slug: str, ident: str | None) -> str | None:
        """An object's name."""
        found = self.find(slug, ident)
        return KINDS[slug].name(found) if found is not None else None

    def known(self, window: Window) -> Known | None:
        """What sentences about these objects are made of; None while nobody is signed in."""
        if window.session.me is None:
            return None
        look = window.look
        return Known(lists=self, reader=look.reader, me=window.session.me, now=window.clock.minutes.at)

    async def load(self, slugs: Iterable[str]) -> None:
        """Read these lists anew; one that can't be read leaves the others."""
        wanted = list(dict.fromkeys(slugs))
        answers = await asyncio.gather(*(self._read(slug) for slug in wanted), return_exceptions=True)
        lists, errors = dict(self._lists), dict(self.errors)
        for slug, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, SignedOut):
                self._client.signed_out()
                return
            if isinstance(answer, (Unreachable, ApiError)):
                errors[slug] = answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                lists[slug] = answer
                errors.pop(slug, None)
        self._lists, self.errors = MappingProxyType(lists), MappingProxyType(errors)
        self._client.reached(not any(isinstance(answer, Unreachable) for answer in answers))
        self.notify()

    async def _read(self, slug: str) -> tuple[Any, ...]:
        kind = KINDS[slug]
        found = await self._client.read_all(kind.list_path, kind.item)
        return tuple(sorted(found, key=kind.order))

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._lists, self.errors, self.text = NO_LISTS, MappingProxyType({}), ""
