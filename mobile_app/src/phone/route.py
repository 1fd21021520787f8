"""One row of the table of routes, and an address that was understood by it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import flet as ft

from phone.stores import Stores

Draw = Callable[[Stores, "At"], ft.Control]
Load = Callable[[Stores, "At"], Awaitable[None]]


async def _nothing(_app: Stores, _here: "At") -> None:
    """The list of incidents is read wherever the reader is."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """`pattern` has one `{name}` for each part that differs.

    A screen with a `pick` is a list: on a tablet something of it stands beside it, or the words that ask to pick one.
    What is `over` another pattern stands over it on a phone and beside it, or beside what `beside` says, on a tablet;
    `up` is where going back leads
    from a screen that stands alone. `lift` is how high the buttons at its lower edge are: messages keep off them.
    A list with a `first` has that open beside it on a tablet until something else is picked: it tells the address, or
    None where nothing is to be opened; `listed` is the store of that list.
    What `rests` is not drawn while something stands over it on a phone: a picture that costs much.
    `also` is what stands for names that the pattern leaves unsaid.
    """

    pattern: str
    screen: str
    draw: Draw
    tab: str | None
    phone_tab: str | None = None
    load: Load = _nothing
    pick: str = ""
    first: "Callable[[Stores], str | None] | None" = None
    listed: Callable[[Stores], ft.Observable] = lambda app: app.incidents
    over: str = ""
    beside: str = ""
    up: str = "/incidents"
    lift: float = 0
    narrow: bool = False
    rests: bool = False
    alone_when_wide: bool = False
    demo_only: bool = False
    also: tuple[tuple[str, str], ...] = ()
    exists: Callable[[Mapping[str, str]], bool] = lambda _: True

    def match(self, path: str) -> Mapping[str, str] | None:
        """What stands for the names in the address; None when it is of another form."""
        form = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.pattern)
        found = re.fullmatch(form, path)
        return (
            {**found.groupdict(), **dict(self.also)} if found is not None and self.exists(found.groupdict()) else None
        )


@dataclass(frozen=True, kw_only=True)
class At:
    """Where the reader is: the row of the table, and what stands for its names."""

    path: str
    route: Route
    params: Mapping[str, str]
