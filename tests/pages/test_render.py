"""What a page says: who is paged next by name, the reader as "you", many as their team or schedule."""

from datetime import timedelta
from typing import Literal

import pytest

from server.notices.reader import Reader
from server.pages.render import About, render_page
from shared.domain.paging.escalation import Meant, Person
from tests.kit.night import NOW

ANA, BO, CY, DEE = (Person(user_id=name.lower(), name=name) for name in ("Ana", "Bo", "Cy", "Dee"))


def meant(*people: Person, kind: Literal["schedule", "team"] = "schedule", name: str = "Payments backup") -> Meant:
    return Meant(kind=kind, id=name, name=name, people=people)


def body(*following: Meant, language: str = "en", reader: str = "ana") -> str:
    about = About(
        incident_id="i",
        number=7,
        title="Checkout fails",
        severity="critical",
        service="checkout",
        rev=1,
        url="https://dogwatch.example/incidents/i",
        next_at=NOW + timedelta(minutes=5),
        next_meant=following,
        is_fallback=False,
    )
    found = Reader(user_id=reader, language=language, time_zone="UTC")
    return render_page(about, found, id="n", badge=1, now=NOW).body


@pytest.mark.parametrize(
    ("following", "english", "chinese"),
    [
        ([meant(BO)], "or Bo is paged in 5 min", "否则 5 分钟后将呼叫 Bo。"),
        ([meant(BO), meant(CY, BO)], "or Bo and Cy are paged in 5 min", "将呼叫 Bo、Cy。"),
        ([meant(BO, ANA)], "or you and Bo are paged in 5 min", "将呼叫你、Bo。"),
        ([meant(ANA)], "or you are paged again in 5 min", "将再次通知你。"),
        ([meant(ANA, BO, CY, DEE)], "or Payments backup is paged in 5 min", "将呼叫 Payments backup。"),
        (
            [meant(ANA, BO, CY, DEE, kind="team", name="Payments"), meant(BO)],
            "or everybody in Payments and Payments backup are paged in 5 min",
            "将呼叫 Payments 全体、Payments backup。",
        ),
        ([], "or the team's fallback is paged in 5 min", "将通知团队兜底人员。"),
    ],
)
def test_a_page_says_who_is_paged_next(following: list[Meant], english: str, chinese: str) -> None:
    assert english in body(*following)
    assert chinese in body(*following, language="zh")
