"""The badge: well-formed, in words, safe whatever the page is called."""

from xml.etree import ElementTree as ET

import pytest

from server.status_pages.site.badge import badge
from server.status_pages.site.view import SiteView
from shared.wire.sessions import Language
from tests.kit.nordwind_status import NOW, nordwind
from tests.status_pages.site.hostile import CORPUS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("is_broken", "language", "title"),
    [
        (True, "en", "Nordwind: Partial outage"),
        (False, "en", "Nordwind: Operational"),
        (True, "zh", "Nordwind: 部分中断"),
    ],
)
def test_it_says_the_state_in_words(is_broken: bool, language: Language, title: str) -> None:
    made = ET.fromstring(badge(SiteView(nordwind(is_broken=is_broken), language, NOW)))
    assert (made.findtext(f"{SVG}title"), made.get("aria-label")) == (title, title)


def test_no_name_of_a_page_brings_another_element_into_it() -> None:
    for payload in CORPUS:
        name = payload.replace("\x01", "").replace("\x0b", "")[:120]
        made = ET.fromstring(badge(SiteView(nordwind(name=name), "en", NOW)))
        assert {each.tag.removeprefix(SVG) for each in made.iter()} == {"svg", "title", "clipPath", "rect", "g", "text"}
