"""Handlers that share their tags and who may call them."""

from litestar import Controller
from litestar.handlers import BaseRouteHandler


class Handlers(Controller):
    """A controller whose methods name shared routes and are served in the order in which they are written."""

    def get_route_handlers(self) -> list[BaseRouteHandler]:
        written = list(vars(type(self)))
        found = sorted(super().get_route_handlers(), key=lambda each: written.index(each.fn.__name__))
        for each in found:
            each.paths = {path(route) for route in each.paths}
        return found


def path(route: str) -> str:
    """A shared route as Litestar wants it: every parameter is text."""
    return route.replace("}", ":str}")
