"""Nothing is removed by one tap: each removing verb of the app asks once and names what that means."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from phone.base.i18n import catalogue
from phone.console.kinds import SHOWN
from shared.wire.incidents import IncidentFilter, SavedFilter
from tests.architecture.sources import ROOT, modules, tree
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import BUTTONS, HeadlessApp

APP = ROOT / "mobile_app" / "src" / "phone"
ENDING = {"USER_DEACTIVATE", "INVITATION_RESEND", "MY_TOTP_DISABLE", "MY_RECOVERY_CODES"}
"""Paths to which a POST ends something."""


@dataclass(frozen=True, kw_only=True)
class Removal:
    """`before` are the taps that lead there, `tap` is the one that seems to remove, `yes` answers its question."""

    at: str
    tap: str
    says: str
    yes: str = ""
    before: tuple[str, ...] = ()
    sends: str = "DELETE"


REMOVALS = {
    "SavedFilters.remove": Removal(
        at="/incidents", before=("saved-f-0", "manage"), tap="saved-remove", says="It is gone for you, on every device."
    ),
    "Beside.remove_member": Removal(at="/configure/teams/t-pay", tap="remove-u-bo", says="leaves the team at once"),
    "Feed.make": Removal(
        at="/me/time-off", before=("feed-make",), tap="feed-renew", says="The old one ends at once", sends="POST"
    ),
    "Feed.remove": Removal(
        at="/me/time-off", before=("feed-make",), tap="feed-remove", says="learn nothing new any more"
    ),
    "OpenSchedule.cancel": Removal(
        at="/schedules/s-pay-1", tap="cancel-o-next", says="The rotation stays as it was.", yes="override-cancel-send"
    ),
    "Safety.end": Removal(at="/me/security", tap="end-s-2", says="It is signed out at once."),
    "Safety.end_others": Removal(at="/me/security", tap="end-others", says="Everything but this device"),
    "Editor.remove": Removal(at="/configure/services/svc-relay", tap="remove", says="page nobody any more"),
    "OpenPerson.withdraw": Removal(at="/configure/people/u-bo", tap="withdraw-g-1", says="ends for them at once"),
    "OpenPerson.take_second_factor_off": Removal(
        at="/configure/people/u-bo", tap="take-totp", says="Make sure it is they who ask."
    ),
    "OpenPerson.deactivate": Removal(
        at="/configure/people/u-bo", tap="deactivate", says="is signed out at once", sends="POST"
    ),
    "MyTimeOff.cancel": Removal(
        at="/me/time-off", tap="cancel-off-xmas", says="Covers that were agreed on stay", yes="cancel-off"
    ),
    "MyTimeOff.remove_calendar": Removal(
        at="/me/time-off", tap="remove-cal-hr", says="Remove Leave portal?", yes="remove-calendar"
    ),
    "Ways.remove": Removal(at="/me", before=("way-c-hook",), tap="way-remove", says="has to be proved anew"),
    "Ways.remove_device": Removal(at="/me", before=("way-d-ipad",), tap="way-remove", says="This phone rings no more"),
    "Rules.remove": Removal(
        at="/configure/integrations/i-grafana", tap="remove-rule-rule-backup", says="It changes no event any more."
    ),
    "Inviting.resend": Removal(
        at="/configure/invitations/v-wei", tap="resend", says="The old one is over.", sends="POST"
    ),
}
NEEDS_NO_QUESTION = {
    "OpenSchedule.take_back": "it is the undo of an override",
    "MyTimeOff.take_back": "it is the undo of time off",
    "Silencing.take_back": "it is the undo of a silence",
    "OpenIncident.unfollow": "the same button follows again",
    "Safety.end_totp": "it wants the password and a code",
    "Safety.renew_codes": "it wants the password and a code",
}


def removing() -> Iterator[str]:
    """Every method of the app's stores that sends a DELETE or ends something, itself or through a private one."""
    for store in (each for path in modules("mobile_app") if path.is_relative_to(APP) for each in tree(path).body):
        if not isinstance(store, ast.ClassDef):
            continue
        methods = {node.name: node for node in store.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}
        found = {name for name, node in methods.items() if _ends(node)}
        while hidden := {name for name in found if name.startswith("_")}:
            found = (found - hidden) | {name for name, node in methods.items() if _names(node) & hidden}
        yield from (f"{store.name}.{name}" for name in found)


def _ends(node: ast.AST) -> bool:
    says_so = any(isinstance(each, ast.Constant) and each.value == "DELETE" for each in ast.walk(node))
    return says_so or bool(_names(node) & ENDING)


def _names(node: ast.AST) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def test_every_removing_verb_of_the_app_is_known_here() -> None:
    assert sorted({*removing(), "Feed.make"}) == sorted({*REMOVALS, *NEEDS_NO_QUESTION})


def test_nothing_that_draws_removes() -> None:
    elsewhere = [
        str(path.relative_to(APP))
        for path in modules("mobile_app")
        if path.is_relative_to(APP) and "ft.Control" in path.read_text("utf-8")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value == "DELETE"
    ]
    assert elsewhere == []


@pytest.mark.parametrize("name", sorted(REMOVALS))
async def test_a_tap_asks_and_only_the_answer_removes(name: str) -> None:
    removal = REMOVALS[name]
    api = FakeApi()
    api.as_role("admin", "incidents:act", "configuration:edit", "people:edit")
    query = IncidentFilter(severity=("warning",))
    api.phone.filters = [SavedFilter(id="f-0", name="Warnings", query=query, position=0, is_default=False, rev=1)]
    async with HeadlessApp(api, width=1280) as app:
        await app.goto(removal.at)
        for key in removal.before:
            await tap(app, key)
        await app.until(lambda: can_tap(app, removal.tap))
        before = sent(app, removal.sends)
        await tap(app, removal.tap)
        await app.until(lambda: app.says(removal.says))
        await app.settle(0.05)
        assert sent(app, removal.sends) == before, "one tap has removed it"
        await tap(app, removal.yes or f"{removal.tap}-yes")
        await app.until(lambda: sent(app, removal.sends) > before)


def can_tap(app: HeadlessApp, key: str) -> bool:
    return any(isinstance(each, BUTTONS) and each.key == key and not each.disabled for each in app.controls())


async def tap(app: HeadlessApp, key: str) -> None:
    """The topmost one: each view of the stack is drawn."""
    await app.until(lambda: can_tap(app, key))
    await app.fire([each for each in app.controls() if isinstance(each, BUTTONS) and each.key == key][-1])


def sent(app: HeadlessApp, method: str) -> int:
    return sum(each == method and "preview" not in path for each, path in app.api.calls)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_the_console_that_can_be_removed_says_what_that_means(language: str) -> None:
    texts = catalogue(language)
    removable = [kind.slug for kind in SHOWN if f"kind_remove.{kind.slug}" in texts]
    assert len(removable) > 8
    assert [slug for slug in removable if f"removal.{slug}" not in texts] == []


async def test_the_last_way_that_works_says_so_before_it_goes() -> None:
    api = FakeApi()
    api.phone.me.devices = []
    api.phone.me.methods = [each for each in api.phone.me.methods if each.id == "c-hook"]
    async with HeadlessApp(api, route="/me") as app:
        await tap(app, "way-c-hook")
        await tap(app, "way-remove")
        assert app.says("nothing would reach you any more")
        await tap(app, "way-remove-no")
        assert can_tap(app, "way-remove")
        assert not app.says("nothing would reach you any more")
