"""A schedule's Markdown as people read it in a message."""

import pytest

from server.schedules.description import plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# Payments\n\nCall **Ana** _first_.", "Payments\nCall Ana first."),
        ("- one\n- two `x`\n", "- one\n- two x"),
        ("See [runbook](https://r.example.com/a) or <https://b.example.com>.",
         "See runbook (https://r.example.com/a) or https://b.example.com."),
        ("```\nkubectl get pods\n```", "kubectl get pods"),
        ("<b>raw</b> & ![alt](x.png)", "<b>raw</b> & alt"),
        ("a\nb", "a\nb"),
    ],
)  # fmt: skip
def test_marks_are_gone_and_words_stay(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text
