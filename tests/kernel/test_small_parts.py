"""Ids, secrets and settings."""

import base64
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.kernel.ids import new_id
from server.kernel.secrets import Secrets, new_token, new_webhook_secret, secret_key_of
from server.kernel.settings import SettingError, Settings, describe_settings, read_settings

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
SECRET = "s" * 32
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_ids_are_uuid7_and_sort_as_they_were_made_also_when_time_goes_back() -> None:
    made = [new_id(NOW + timedelta(milliseconds=n % 7 - 3)) for n in range(20_000)]
    assert all(UUID7.fullmatch(id) for id in made[:100])
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_several_threads_are_all_different() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(new_id(NOW) for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_a_secret_opens_only_with_its_key_and_in_its_place() -> None:
    secrets = Secrets(SECRET)
    sealed = secrets.encrypt("fid-1", place="address:value_enc:1")
    assert "fid-1" not in sealed
    assert secrets.encrypt("fid-1", place="address:value_enc:1") != sealed
    assert secrets.decrypt(sealed, place="address:value_enc:1") == "fid-1"
    for wrong in (
        lambda: secrets.decrypt(sealed, place="address:value_enc:2"),
        lambda: Secrets("t" * 32).decrypt(sealed, place="address:value_enc:1"),
        lambda: secrets.decrypt(sealed[:-8] + "AAAAAAA=", place="address:value_enc:1"),
        lambda: secrets.decrypt("", place="address:value_enc:1"),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_signatures_are_of_one_text_and_one_key() -> None:
    secrets = Secrets(SECRET)
    signature = secrets.sign("a")
    assert secrets.is_signed("a", signature)
    for text, given in (("b", signature), ("a", signature + "x"), ("a", ""), ("a", "é"), ("a", "\ud800")):
        assert not secrets.is_signed(text, given)
    assert not Secrets("t" * 32).is_signed("a", signature)
    assert secrets.lookup("a") != Secrets("t" * 32).lookup("a")
    assert new_token("dwa").startswith("dwa_")


def test_the_secret_beside_the_file_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/d.sqlite")
    first = secret_key_of(settings)
    assert len(first) >= 32
    assert secret_key_of(settings) == first
    [file] = tmp_path.glob("*.secret")
    assert file.stat().st_mode & 0o777 == 0o600


def test_webhook_secrets_are_what_other_libraries_decode() -> None:
    prefix, _, coded = new_webhook_secret().partition("_")
    assert (prefix, len(base64.b64decode(coded, validate=True))) == ("whsec", 32)


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("DATABASE_URL", {"DATABASE_URL": "mysql://x"}),
        ("DOGWATCH_PORT", {"DOGWATCH_PORT": "65536"}),
        ("DOGWATCH_PORT", {"DOGWATCH_PORT": "eight"}),
        ("DOGWATCH_APP_PORT", {"DOGWATCH_APP_PORT": "-1"}),
        ("DOGWATCH_PUBLIC_URL", {"DOGWATCH_PUBLIC_URL": "oncall.example.com"}),
        ("DOGWATCH_SECRET_KEY", {"DOGWATCH_SECRET_KEY": "short"}),
        ("DOGWATCH_SECRET_KEY", {"DATABASE_URL": "postgres://u@h/d"}),
        ("REDIS_URL", {"REDIS_URL": "redis://h"}),
        ("REDIS_URL", {"DATABASE_URL": "postgres://u@h/d", "DOGWATCH_SECRET_KEY": SECRET, "REDIS_URL": "h:6379"}),
        ("FCM_CREDENTIALS", {"FCM_CREDENTIALS": "/nowhere.json"}),
        ("FCM_ENDPOINT", {"FCM_ENDPOINT": "fcm"}),
        ("APNS_KEY", {"APNS_KEY": "/nowhere.p8"}),
        ("APNS_KEY", {"APNS_KEY_ID": "KEY"}),
        ("SMTP_URL", {"SMTP_URL": "mail.example.com"}),
        ("EGRESS_ALLOW_CIDRS", {"EGRESS_ALLOW_CIDRS": "10.0.0.0/99"}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "proxy"}),
        ("LOG_LEVEL", {"LOG_LEVEL": "loud"}),
        ("DOGWATCH_ADMIN_PASSWORD", {"DOGWATCH_ADMIN_EMAIL": "a@example.com"}),
        ("DOGWATCH_ADMIN_EMAIL", {"DOGWATCH_ADMIN_PASSWORD": "a long enough one"}),
        ("DOGWATCH_ADMIN_PASSWORD", {"DOGWATCH_ADMIN_EMAIL": "a@example.com", "DOGWATCH_ADMIN_PASSWORD": "short"}),
        ("DOGWATCH_ADMIN_EMAIL", {"DOGWATCH_ADMIN_EMAIL": "root", "DOGWATCH_ADMIN_PASSWORD": "a long enough one"}),
        ("ADMIN_FALLBACK_WEBHOOK", {"ADMIN_FALLBACK_WEBHOOK": "example.com"}),
    ],
)
def test_a_wrong_setting_names_itself(name: str, environ: Mapping[str, str]) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings(environ)
    assert refused.value.name == name
    assert str(refused.value).startswith(f"{name}: ")


def test_nothing_set_is_a_start() -> None:
    settings = read_settings({})
    assert settings.is_sqlite
    assert settings.api_url == "http://127.0.0.1:8000"
    assert all(meaning for _, _, meaning in describe_settings())
