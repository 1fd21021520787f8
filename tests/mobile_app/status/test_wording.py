"""Refusals of status pages in words: limits are named as such, and no language borrows the other's."""

import re
from pathlib import Path

import flet as ft
import pytest

import server.status_pages
from phone.base.api.errors import ApiError
from phone.base.i18n import Words, catalogue
from phone.status.wording import refusals
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language
from tests.kit.opened import at
from tests.mobile_app.status.test_set_up import keeper

CONFLICT = re.compile(r"Conflict\(.*code=\"(\w+)\"")


def conflicts() -> list[str]:
    (folder,) = server.status_pages.__path__
    return sorted({code for each in Path(folder).rglob("*.py") for code in CONFLICT.findall(each.read_text("utf-8"))})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_conflict_has_a_line_of_its_own(language: Language) -> None:
    assert len(conflicts()) >= 10
    assert [code for code in conflicts() if f"error.{code}" not in catalogue(language)] == []


@pytest.mark.parametrize(
    ("field", "code", "args", "wanted"),
    [
        ("ends_at", "too_long", {}, "A maintenance lasts 30 days at most."),
        ("title.en", "too_long", {}, "A text or a table is too long."),
        ("csv", "unknown", {"line": 7}, "Line 7: the page has no component of this name."),
        ("groups[1].components[0].name.en", "empty", {}, "Something is missing"),
        ("slug", "wrong_form", {}, "The address has small letters"),
        ("updates[0].next_update_at", "not_after_start", {}, "The next update can only be promised for later."),
        ("ends_at", "past", {}, "It lies in the past."),
        ("updates[0].odd", "of_a_newer_server", {}, "updates[0].odd: as the server says"),
    ],
)
def test_a_flaw_is_told_by_its_field(field: str, code: str, args: dict[str, int], wanted: str) -> None:
    flaw = FieldProblem(field=field, code=code, message="as the server says", args=args)
    (told,) = refusals(Words("en"), ApiError(status=400, code=code, problems=(flaw,)))
    assert told.startswith(wanted)


async def test_at_the_limit_the_app_says_so_and_keeps_what_was_typed() -> None:
    api = keeper()
    api.status.most_pages = 1
    async with at("/status-pages/new", api) as app:
        await app.until(lambda: app.find(ft.TextField, key="page-name"))
        await app.type("page-name", "One too many")
        await app.tap(key="page-send")
        await app.until(lambda: app.says("This server shows no more status pages of this kind."))
        assert app.one(ft.TextField, key="page-name").value == "One too many"
