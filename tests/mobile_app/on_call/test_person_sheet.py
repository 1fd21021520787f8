"""A tap on a colleague who is on call: on what, what time it is for them, paging and mailing them."""

from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import BUTTONS, HeadlessApp


def keys(app: HeadlessApp) -> set[str]:
    return {str(each.key) for each in app.controls() if isinstance(each, BUTTONS) and each.key}


async def test_a_colleague_who_is_on_call_can_be_paged_and_mailed() -> None:
    async with HeadlessApp(FakeApi(), route="/on-call") as app:
        await app.until(lambda: any(key.startswith("person-") for key in keys(app)))
        assert not any(key.endswith("u-jonas") for key in keys(app)), "nobody reaches themself"
        key = next(key for key in sorted(keys(app)) if key.startswith("person-") and key.endswith("-u-bo"))
        await app.tap(key=key)
        await app.until(lambda: "page-person" in keys(app))
        await app.until(lambda: "mail-person" in keys(app))
        await app.tap(key="page-person")
        await app.until(lambda: app.says("What is broken?"))
        assert app.state.place.route == "/incidents/new?to=u-bo"
        await app.type("new-title", "Checkout is down")
        await app.tap(text="Page Bo Lindqvist")
        await app.until(lambda: ("POST", "/api/v1/incidents") in app.api.calls)


async def test_it_says_who_is_paged_if_they_do_not_answer() -> None:
    async with HeadlessApp(FakeApi(), route="/on-call") as app:
        await app.until(lambda: any(key.startswith("person-s-pay-2") for key in keys(app)))
        await app.tap(key="person-s-pay-2-u-bo")
        await app.until(lambda: app.says("If Bo Lindqvist doesn't answer"))
        assert app.says("After 7\u00a0min, everybody in Payments is paged.")
        assert app.says("By Payments 24×7")
