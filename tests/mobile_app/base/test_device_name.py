"""A list of sessions names devices as their owners would."""

import pytest

from phone.base.device.naming import device_name, device_said

LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{LINUX} Chrome/142.0.0.0 Safari/537.36", "Chrome, Linux"),
        (f"{LINUX} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5", "Browser"),
        (None, "Dogwatch, Android"),
    ],
)
def test_browsers_and_apps_have_names(user_agent: str | None, name: str) -> None:
    assert device_name(user_agent, "android") == name
    assert name.isascii(), "it goes into a header"


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("Dogwatch, Android", "Dogwatch, Android"),
        ("Firefox, Windows", "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome, Linux"),
        ("curl/8.5.0", "curl"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("Jonas's phone", "Jonas's phone"),
        ("", ""),
    ],
)
def test_a_program_that_signed_in_is_called_by_its_name(device: str, said: str) -> None:
    assert device_said(device) == said
