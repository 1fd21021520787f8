"""Chinese letters are fetched once there is something to show in them."""

import msgspec
import pytest

from phone.base.letters import Letters
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp


@pytest.mark.parametrize("text", ["李雷", "Ana, 支付", "全角：", "かな"])
def test_the_first_chinese_text_brings_the_chinese_letters_and_nothing_brings_them_twice(text: str) -> None:
    shown: list[dict[str, str]] = []
    letters = Letters("/~7", shown.append)
    letters.meet("Ana Ruiz, Ünal – Ёлка ✓ “so” 14:03".encode())
    assert [sorted(each) for each in shown] == [["Inter", "InterD", "InterSB", "SCBc", "SCc"]]
    letters.meet(text.encode())
    letters.meet(text.encode())
    assert len(shown) == 2
    assert shown[1]["SC"] == "/~7/fonts/NotoSansSC-Regular.otf"
    assert set(shown[0]) < set(shown[1])


async def test_a_reader_of_chinese_has_chinese_letters_and_so_has_whoever_meets_a_chinese_name() -> None:
    app = HeadlessApp(FakeApi(language="zh"))
    async with app:
        assert "SC" in (app.page.fonts or {})
    async with HeadlessApp() as app:
        assert "SC" not in (app.page.fonts or {})
        app.state.look.language = "zh"
        assert "SC" in (app.page.fonts or {})
    api = FakeApi()
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], title="支付失败")
    async with HeadlessApp(api) as app:
        await app.until(lambda: app.says("支付失败"))
        assert "SC" in (app.page.fonts or {})
