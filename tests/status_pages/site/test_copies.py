"""Sites are copied into a folder or a bucket; what is public no more goes there; one that fails costs us nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.kernel.settings import SettingError, read_settings
from server.status_pages.site.copies import BucketTarget, Copies, FolderTarget, Site, Target, target_of
from tests.kit.fake_bucket import FakeBucket, bucket


@pytest.fixture
def fake() -> Iterator[FakeBucket]:
    with bucket() as made:
        yield made


def site(folder: Path, slug: str = "nordwind", **files: str) -> Site:
    folder = folder / f"own-{slug}"
    for path, said in files.items():
        each = folder / path.replace("__", "/").replace("_", ".")
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text(said)
    found = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    wanted = {path.replace("__", "/").replace("_", ".") for path in files}
    return Site(slug, folder, {path: body for path, body in found.items() if path in wanted})


def held(fake: FakeBucket, slug: str) -> dict[str, str]:
    under = f"www/{slug}/"
    return {path.removeprefix(under): body.decode() for path, (body, _) in fake.files.items() if path.startswith(under)}


async def test_a_bucket_gets_what_changed_with_its_kind_and_loses_what_is_gone(
    fake: FakeBucket, tmp_path: Path
) -> None:
    fake.files["www/other/index.html"] = (b"somebody else's", {})
    copies = Copies(BucketTarget(fake.address))
    assert await copies.run([site(tmp_path, index_html="one", events__1_html="event", history_rss="<rss/>")])
    assert held(fake, "nordwind") == {"index.html": "one", "events/1.html": "event", "history.rss": "<rss/>"}
    _, headers = fake.files["www/nordwind/history.rss"]
    assert headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert headers["cache-control"].startswith("public, max-age=30")
    fake.calls.clear()
    assert await copies.run([site(tmp_path, index_html="two", history_rss="<rss/>")])
    assert held(fake, "nordwind") == {"index.html": "two", "history.rss": "<rss/>"}
    assert [path for method, path in fake.calls if method == "PUT"] == ["/pages/www/nordwind/index.html"]
    assert await copies.run([])
    assert (held(fake, "nordwind"), held(fake, "other")) == ({}, {"index.html": "somebody else's"})


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_what_went_while_nobody_ran_is_removed_by_the_next_process(
    kind: str, fake: FakeBucket, tmp_path: Path
) -> None:
    (tmp_path / "out" / "theirs").mkdir(parents=True)
    (tmp_path / "out" / "theirs" / "a.html").write_text("not ours")

    def target() -> Target:
        return BucketTarget(fake.address) if kind == "bucket" else FolderTarget(tmp_path / "out")

    assert await Copies(target()).run([site(tmp_path, index_html="public"), site(tmp_path, "inside", index_html="x")])
    assert await Copies(target()).run([site(tmp_path, index_html="public")])
    left = {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*.html")}
    if kind == "bucket":
        assert (held(fake, "inside"), held(fake, "nordwind")) == ({}, {"index.html": "public"})
    else:
        assert left == {"theirs/a.html", "nordwind/index.html"}


async def test_a_bucket_that_fails_is_tried_again_and_told_once(
    fake: FakeBucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = Copies(BucketTarget(fake.address))
    fake.down = True
    page = site(tmp_path, index_html="one")
    assert not await copies.run([page])
    assert not await copies.run([page])
    assert capsys.readouterr().out.count("status_pages.not_copied") == 1
    fake.down = False
    assert await copies.run([page])
    assert held(fake, "nordwind") == {"index.html": "one"}


async def test_another_secret_writes_nothing(fake: FakeBucket, tmp_path: Path) -> None:
    address = fake.address.replace("secret", "guess")
    assert not await Copies(BucketTarget(address)).run([site(tmp_path, index_html="one")])
    assert fake.files == {}


@pytest.mark.parametrize(
    "given", ["s3://bucket/prefix", "s3://key@host/bucket", "s3://key:secret@host", "s3://key:secret@host/", "/no/such"]
)
def test_an_address_that_names_no_bucket_or_folder_stops_the_start(given: str) -> None:
    with pytest.raises(SettingError, match="STATUS_PUBLISH_TO"):
        read_settings({"STATUS_PUBLISH_TO": given})


def test_a_bucket_a_folder_or_nothing(tmp_path: Path) -> None:
    given = "s3://key:secret@s3.eu-central-1.amazonaws.com/bucket/www?region=eu-central-1"
    assert isinstance(target_of(read_settings({"STATUS_PUBLISH_TO": given}).status_publish_to), BucketTarget)
    assert isinstance(target_of(read_settings({"STATUS_PUBLISH_TO": str(tmp_path)}).status_publish_to), FolderTarget)
    assert target_of("") is None
