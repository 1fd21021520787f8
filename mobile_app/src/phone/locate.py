"""Where an address leads, what stands below it, and where going back leads: asked of the table of routes."""

from dataclasses import replace
from typing import Final

from phone.route import At
from phone.routes import ROUTES

HOME: Final = ("/", "", "/sign-in")
LINKS: Final = ("/invite/", "/reset/")


def at(address: str, *, demo: bool) -> At | None:
    """Where an address leads; home for the bare one and for sign-in when somebody is signed in; None for nowhere."""
    path = address.partition("?")[0].rstrip("/")
    if path in HOME or path.startswith(LINKS):
        path = "/incidents"
    for route in ROUTES:
        params = route.match(path)
        if params is not None and (demo or not route.demo_only):
            return At(path=path, route=route, params=params)
    return None


def below(here: At) -> At | None:
    """What `here` stands over on a phone, with what is open of it."""
    return _under(here, here.route.over)


def beside(here: At) -> At | None:
    """What `here` stands beside on a tablet, with what is open of it."""
    return _under(here, here.route.beside or here.route.over)


def _under(here: At, pattern: str) -> At | None:
    if not pattern:
        return None
    under = at(pattern.format(**here.params), demo=True)
    return replace(under, params={**under.params, **here.params}) if under is not None else None


def above(address: str) -> str:
    """Where going back leads: what stands below, else where the table says."""
    here = at(address, demo=True)
    if here is None:
        return "/incidents"
    under = below(here)
    return under.path if under is not None else here.route.up
