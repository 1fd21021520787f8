"""A flaw says where, what and with which figures."""

from shared.domain.flaws import Flaw, flaw


def test_the_figures_of_its_sentence_are_its_arguments() -> None:
    assert flaw("name", "too_long", "At most 40.", max=40) == Flaw(
        field="name", code="too_long", message="At most 40.", args={"max": 40}
    )
    assert flaw("name", "empty", "Say something.").args == {}
