"""What a class of handlers says holds for its methods, until one of them says something else."""

import importlib
from pathlib import Path

import pytest
from litestar import Litestar, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from server.kernel.http import Handlers, handlers_of


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


def test_a_rooms_classes_are_found_by_the_names_of_their_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own rooms' too; never those that a module only imports, nor any of a module that answers nothing."""
    head = "from server.kernel.http import Handlers\n"
    files = {
        "__init__.py": "",
        "b_api.py": f"{head}class Second(Handlers): ...\nclass First(Handlers): ...\n",
        "a_api.py": f"{head}from found_here.b_api import First\nclass Early(Handlers): ...\n",
        "other.py": f"{head}class Hidden(Handlers): ...\n",
        "within/__init__.py": "",
        "within/api.py": f"{head}class Within(Handlers): ...\n",
    }
    for name, text in files.items():
        (place := tmp_path / "found_here" / name).parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = handlers_of(importlib.import_module("found_here"))
    assert [each.__name__ for each in found] == ["Early", "Second", "First", "Within"]
