"""What a class of handlers says holds for its methods, until one of them says something else."""

from litestar import Litestar, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from server.kernel.http import Handlers


class Things(Handlers):
    tags = ["things"]
    opt = {"permission": "read", "priority": 1}

    @get("/things/{thing_id}")
    async def one(self, thing_id: FromPath[str]) -> str:
        return thing_id

    @get("/things", opt={"permission": "edit", "priority": 0})
    async def all(self) -> str:
        return "all"

    @get("/a-thing")
    async def another(self) -> str:
        return "another"


class MoreOfThem(Handlers):
    @post("/things", opt={"permission": "edit"})
    async def add(self) -> None:
        return None


class Silent(Handlers):
    @get("/silent")
    async def nothing(self) -> str:
        return ""


def served() -> dict[str, HTTPRouteHandler]:
    app = Litestar([Things, Silent], openapi_config=None)
    found = [(route.path, each) for route in app.routes for each in getattr(route, "route_handlers", ())]
    return {path: each for path, each in found if "OPTIONS" not in each.http_methods}


def test_they_are_served_in_the_order_in_which_they_are_written() -> None:
    assert list(served()) == ["/things/{thing_id:str}", "/things", "/a-thing", "/silent"]


def test_a_method_takes_what_its_class_says_or_says_it_itself() -> None:
    handlers = served()
    assert handlers["/things/{thing_id:str}"].opt == {"permission": "read", "priority": 1}
    assert handlers["/things"].opt == {"permission": "edit", "priority": 0}


def test_classes_may_share_a_path() -> None:
    (route,) = [each for each in Litestar([Things, MoreOfThem], openapi_config=None).routes if each.path == "/things"]
    assert sorted(route.methods) == ["GET", "OPTIONS", "POST"]


def test_what_nobody_says_is_not_there() -> None:
    assert served()["/silent"].opt == {}
