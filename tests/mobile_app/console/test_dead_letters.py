"""Messages that were given up: why, sending again, discarding."""

from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import BUTTONS, HeadlessApp


def administrator() -> FakeApi:
    api = FakeApi()
    api.as_role("admin", "incidents:act", "configuration:edit", "people:edit")
    return api


async def test_what_was_given_up_is_sent_again_or_discarded_once_asked() -> None:
    api = administrator()
    async with HeadlessApp(api, route="/configure/dead-letters", width=1280) as app:
        await app.until(lambda: app.says("Bo Lindqvist"))
        assert app.says("Nobody waits for it any more, so it can't be sent again.")
        keys = {each.key for each in app.controls() if isinstance(each, BUTTONS)}
        assert "retry-n-bo" not in keys
        await app.tap(key="retry-n-test")
        await app.until(lambda: app.says("It is on its way again, for five minutes."))
        await app.tap(key="discard-n-bo")
        await app.until(lambda: app.says("It leaves this list."))
        assert [each.id for each in api.phone.me.letters.items] == ["n-bo"]
        await app.tap(key="discard-n-bo-yes")
        await app.until(lambda: app.says("Nothing was given up"))
        assert api.phone.me.letters.items == []


async def test_what_nobody_waits_for_meanwhile_says_so_and_stays() -> None:
    api = administrator()
    api.refuse("/api/v1/dead-letters/n-test/retry", 409, "not_awaited")
    async with HeadlessApp(api, route="/configure/dead-letters", width=1280) as app:
        await app.until(lambda: app.says("Bo Lindqvist"))
        await app.tap(key="retry-n-test")
        await app.until(lambda: app.says("Nobody waits for this page any more"))
        assert len(api.phone.me.letters.items) == 2
