"""The published list of error codes is what the server says: every code, with its status, and no other."""

import re

from tests.architecture.error_codes import PASSES, Told, read_all
from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "error-codes.md"
ROW = re.compile(
    r"^\| `(?P<code>\w+)` \| (?P<statuses>[\d, ]+) \| (?P<where>[a-z ]+) \| (?P<meaning>.+) \|$", re.MULTILINE
)


def cells(told: Told) -> tuple[str, str]:
    """What a row says of a code: a flaw of a field comes with 400."""
    statuses = sorted(told.statuses | ({400} if told.is_of_field else set()))
    places = [word for word, is_so in (("answer", told.statuses), ("field", told.is_of_field)) if is_so]
    return ", ".join(map(str, statuses)), " and ".join(places)


def test_the_list_has_every_code_with_its_status_and_no_other() -> None:
    rows = {row["code"]: (row["statuses"], row["where"]) for row in ROW.finditer(PAGE.read_text("utf-8"))}
    assert rows == {code: cells(told) for code, told in read_all().codes.items()}
    assert list(rows) == sorted(rows)


def test_each_code_is_said_once_and_told_in_a_sentence() -> None:
    found = ROW.findall(PAGE.read_text("utf-8"))
    assert len({code for code, *_ in found}) == len(found) == PAGE.read_text("utf-8").count("\n| `")
    assert [code for code, *_, meaning in found if " " not in meaning] == []


def test_whoever_hands_a_code_on_is_known() -> None:
    """A code that the sources don't show where it is given must stand in a table that is read."""
    assert read_all().unread == PASSES
