"""Handlers that share their tags and who may call them."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

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


def handlers_of(*rooms: ModuleType) -> list[type[Handlers]]:
    """The classes in these rooms' modules that answer requests: modules by their names, classes as they are written."""
    return [each for room in rooms for name in _answering(room) for each in _written_in(importlib.import_module(name))]


def _answering(room: ModuleType) -> Iterator[str]:
    found = pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    return (each.name for each in found if each.name.endswith("api"))


def _written_in(module: ModuleType) -> Iterator[type[Handlers]]:
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Handlers) and each.__module__ == module.__name__:
            yield each


def path(route: str) -> str:
    """A shared route as Litestar wants it: every parameter is text."""
    return route.replace("}", ":str}")
