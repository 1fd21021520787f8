"""Chinese letters are fetched once there is something to show in them."""

import pytest

from phone.base.letters import Letters


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
