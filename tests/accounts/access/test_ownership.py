"""Whether a name is taken is asked in one place."""

import pytest

from server.accounts.access.ownership import refuse_taken
from server.kernel.errors import Conflict, Invalid


@pytest.mark.parametrize("name", ["Payments", "PAYMENTS", " payments ", "Pay\u200bments"])
def test_a_name_is_taken_whatever_its_capitals_and_signs_that_nobody_sees(name: str) -> None:
    with pytest.raises(Conflict) as refused:
        refuse_taken(name, ["Search", "Payments"], "another team")
    assert (refused.value.code, refused.value.detail) == ("name_taken", "another team has this name")
    refuse_taken(name, ["Search", "Payments"], "another team", was=name)


def test_letters_and_their_marks_are_the_same_composed_or_not() -> None:
    with pytest.raises(Conflict):
        refuse_taken("Z\u00fcrich", ["Zu\u0308rich"], "another team")
    refuse_taken("Zurich", ["Zu\u0308rich"], "another team")


def test_a_name_says_something() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_taken("   ", [], "another team")
    assert [(each.field, each.code) for each in refused.value.errors] == [("name", "empty")]
