"""Handlers that share their tags and who may call them."""

from litestar import Controller, Router
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute


class Handlers(Controller):
    """A controller whose methods name shared routes and are served in the order in which they are written."""

    def get_route_handlers(self) -> list[BaseRouteHandler]:
        written = list(vars(type(self)))
        found = sorted(super().get_route_handlers(), key=lambda each: written.index(each.fn.__name__))
        for each in found:
            each.paths = {path(route) for route in each.paths}
        return found

    def as_router(self) -> Router:
        """Without answers to OPTIONS: the application makes one for each path, which classes may share."""
        router = super().as_router()
        for route in router.routes:
            if isinstance(route, HTTPRoute):
                route.route_handlers = [each for each in route.route_handlers if "OPTIONS" not in each.http_methods]
        return router


def path(route: str) -> str:
    """A shared route as Litestar wants it: every parameter is text."""
    return route.replace("}", ":str}")
