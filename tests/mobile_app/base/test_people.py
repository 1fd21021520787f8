"""Every sentence that names people: the reader is "you", verbs agree, nobody is named twice, nothing raw is left."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final, Literal

import msgspec
import pytest

from phone.base.i18n import LANGUAGES, PLACE, Words, catalogue
from phone.base.people import People, Reader
from phone.incidents import wording
from shared.wire.incidents import Escalation, EscalationStep, EscalationTarget, Incident, IncidentItem, NextPage, Why
from shared.wire.lists import Ref
from shared.wire.sessions import Language
from tests.kit.raw import OTHER, READER, THIRD, flaws

SOURCE: Final = Path(__file__).parents[3] / "mobile_app" / "src" / "phone"
PERSONS: Final = frozenset(("who", "next", "later", "then", "taker", "person", "people"))
OTHERS: Final = frozenset(("first.left", "layer.sentence", "sending.then"))
"""Where these words stand for something else."""
WHOM: Final = ((), (READER,), (OTHER,), (READER, OTHER), (OTHER, THIRD), (READER, OTHER, THIRD))
NOW: Final = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def reader(language: Language) -> Reader:
    return Reader(words=Words(language), zone=UTC, id=READER.id, name=READER.name)


def forms(key: str, language: Language) -> list[str]:
    entry = catalogue(language)[key]
    return [entry] if isinstance(entry, str) else list(entry.values())


def persons_of(key: str) -> list[str]:
    places = [place for form in forms(key, "en") for place in PLACE.finditer(form)]
    agreeing = {place[1] for place in places if place[2] is not None}
    named = {place[1] for place in places if place[1] in PERSONS} if key not in OTHERS else set[str]()
    return sorted(agreeing | named)


KEYS: Final = [key for key in catalogue("en") if persons_of(key)]


def argument(name: str, language: Language) -> object:
    return {"when": "09:00", "at": "10:00", "countdown": "4:10"}.get(name, "X" if language == "en" else "甲")


def sentences(key: str, language: Language) -> list[tuple[str, dict[str, tuple[Ref, ...]]]]:
    """Every sentence of a key, for whom there may be and how many."""
    names, words = persons_of(key), Words(language)
    rest = {place[1] for form in forms(key, language) for place in PLACE.finditer(form)} - {*names, "count"}
    plain = {name: argument(name, language) for name in rest}
    found: list[tuple[str, dict[str, tuple[Ref, ...]]]] = []
    for chosen in product(WHOM, repeat=len(names)):
        who = dict(zip(names, chosen, strict=True))
        args = {name: reader(language).people(refs) for name, refs in who.items()}
        found += [(words(key, count=count, **plain, **args), who) for count in (1, 2, 5)]
    return found


def test_there_are_many_such_sentences() -> None:
    assert len(KEYS) >= 70


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_about_people_is_right_for_everybody(key: str, language: Language) -> None:
    for told, who in sentences(key, language):
        names = "\n".join(ref.name for refs in who.values() for ref in refs if ref.id != READER.id)
        assert not flaws(told, language, kept=names), (told, flaws(told, language, kept=names))


@pytest.mark.parametrize("key", KEYS)
def test_no_verb_stands_fixed_behind_people(key: str) -> None:
    fixed = re.compile(rf"\{{({'|'.join(persons_of(key))})\}} (is|are|has|have|was|were|[a-z]+[^s ]s)\b")
    for form in forms(key, "en"):
        assert not fixed.search(form), form


def test_people_come_to_sentences_as_people_and_only_one_file_says_you() -> None:
    by_name = re.compile(r"\b(?:who|taker|person|later)=(?!each\.schedule)[\w.\[\]0]+\.name\b")
    own = re.compile(r"""words\(["'](?:you|names\.nobody)["']\)""")
    for file in SOURCE.rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        assert not [each for each in by_name.findall(code) if "words(" in code and file.name != "join.py"], file
        assert file == SOURCE / "base" / "people.py" or not own.search(code), file


def test_agreement_has_a_form_for_one_for_the_reader_and_for_several() -> None:
    words, ana = Words("en"), reader("en")
    assert words("leave.sure", who=ana.people([])).startswith("Nobody is signed out at once, their phones")
    assert words("leave.sure", who=ana.people([READER])).startswith("You are signed out at once, your phones")
    assert words("leave.sure", who=ana.people([READER, OTHER])).startswith(
        "You and Ana Ruiz are signed out at once, their"
    )
    assert words("override.submit", who=ana.person(READER)) == "Put yourself on call"
    assert words("override.submit", who=ana.person(OTHER)) == "Put Ana Ruiz on call"
    assert words("escalate.to", who="Nights") == "Nights is paged at once."


def test_people_are_named_once_and_the_reader_first() -> None:
    found = reader("en").people([OTHER, READER, OTHER])
    assert found == People((READER, OTHER), READER.id)
    assert reader("en").named([OTHER.name, READER.name, OTHER.name]).said(Words("en")) == "you and Ana Ruiz"
    assert Reader(words=Words("en"), zone=UTC, id="").named([""]).number == "one"


def step(level: int, state: Literal["now", "next"], *refs: Ref, minutes: int = 5) -> EscalationStep:
    target = EscalationTarget(kind="team", id="t", name="Payments", people=list(refs))
    return EscalationStep(level=level, state=state, at=NOW + timedelta(minutes=minutes), targets=[target])


def incident(paging: tuple[Ref, ...], coming: tuple[tuple[Ref, ...], ...], why: list[Why]) -> Incident:
    steps = [step(1, "now", *paging)] + [
        step(n, "next", *refs, minutes=5 * n) for n, refs in enumerate(coming, start=2)
    ]
    nearest = coming[0] if coming else ()
    return Incident(
        id="i",
        number=1,
        title="T",
        severity="critical",
        state="triggered",
        service=None,
        team=None,
        triggered_at=NOW,
        alert_count=1,
        open_alert_count=1,
        paging=list(paging),
        next=NextPage(at=NOW + timedelta(minutes=5), level=2, names=[ref.name for ref in nearest]) if nearest else None,
        rev=1,
        integration=None,
        source=None,
        escalation=Escalation(
            policy=Ref("p", "Nights"),
            state="running",
            level=1,
            levels=3,
            next_at=NOW + timedelta(minutes=5) if coming else None,
            steps=steps,
        ),
        why=why,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_incident_says_of_people_is_right_for_everybody(language: Language) -> None:
    me = reader(language)
    for paging, one, two in product(WHOM, WHOM, WHOM):
        found = incident(paging, tuple(refs for refs in (one, two) if refs), [])
        item: IncidentItem = found
        told = [wording.state_line(me, item, now=NOW), wording.waiting_line(me, item, now=NOW)]
        told += [wording.next_sentence(me, found, now=NOW), *wording.why(me, found, [], now=NOW).reasons]
        for pieces in told:
            text = "".join(piece for piece, _ in pieces)
            kept = "Ana Ruiz\n陈梅\nNights\nPayments"
            assert not flaws(text, language, kept=kept), (text, flaws(text, language, kept=kept))


def test_a_colleague_of_the_same_name_is_not_the_reader() -> None:
    namesake = Ref("01a1fe80-5555-7555-8555-ebc13dcd5555", READER.name)
    coming = NextPage(at=NOW + timedelta(minutes=5), level=2, names=[READER.name], people=[namesake])
    found = msgspec.structs.replace(incident((), (), []), next=coming)
    row = "".join(piece for piece, _ in wording.state_line(reader("en"), found, now=NOW))
    assert row == "Triggered · Jonas Keller is paged in\u00a05:00"


def test_who_is_paged_again_is_told_so() -> None:
    found = incident((READER,), ((READER,), (OTHER,)), [])
    told = "".join(piece for piece, _ in wording.next_sentence(reader("en"), found, now=NOW))
    assert told == "Paging you now. If nobody answers, you are paged again in\u00a05:00, then Ana Ruiz at 03:27."
    row = "".join(piece for piece, _ in wording.state_line(reader("en"), found, now=NOW))
    assert row == "Triggered · paging you, again in\u00a05:00"


def test_reasons_that_differ_by_the_level_stand_together_under_the_title_that_fits() -> None:
    policy, schedule = Ref("p", "Nights"), Ref("s", "Primary")
    named = [Why(level=level, policy=policy) for level in (3, 3, 1)]
    held = Why(level=2, policy=policy, schedule=schedule, until=NOW + timedelta(hours=2))
    why = wording.why(reader("en"), incident((READER,), (), [*named, held]), [], now=NOW)
    assert why.title == "Why you"
    assert ["".join(piece for piece, _ in each) for each in why.reasons] == [
        "Nights names you on levels 1 and 3.",
        "You hold Primary until 05:12, level 2 of Nights.",
    ]
    others = wording.why(reader("en"), incident((OTHER,), (), []), [], now=NOW)
    assert others.title == "Who is paged"
    assert "".join(piece for piece, _ in others.reasons[0]).startswith("Ana Ruiz is paged. This incident does not")
    coming = wording.why(reader("en"), incident((OTHER,), ((READER,),), []), [], now=NOW)
    assert (coming.title, len(coming.reasons)) == ("Why you", 1)
