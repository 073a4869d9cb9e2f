"""``upload`` as people type it, with the built-in sandbox as platform."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from content_platform.cli import upload
from content_platform.errors import BadInput, ContentPlatformError, NotFound
from content_platform.publishing.sandbox.models import FaultKind, Operation
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.storage.database import Database
from content_platform_tests.publishing.stories import finished_story, story_id, take_clearance

Type = Callable[..., str]


@pytest.fixture
def type_in(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Call it with a command's words to get what is printed; errors meant for people are raised."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("CONTENT_DATABASE_URL", url)
    monkeypatch.setenv("CONTENT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(upload.out, "width", 250)
    monkeypatch.setattr(upload.out, "_color_system", None)

    def run(*words: str) -> str:
        ended = CliRunner().invoke(upload.app, words)
        if isinstance(ended.exception, ContentPlatformError):
            raise ended.exception
        assert ended.exit_code == 0, ended.output
        return ended.output

    return run


@pytest.fixture
def runtime(type_in: Type, database: Database) -> Iterator[Runtime]:
    with open_runtime(Settings()) as opened:
        yield opened
    with database.transaction() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS sandbox CASCADE"))


def test_an_upload_is_listed_shown_retried_and_withdrawn(
    type_in: Type, runtime: Runtime, database: Database
) -> None:
    assert "No uploads" in type_in("list")
    published, refused = (finished_story(database, number) for number in (1, 2))
    runtime.uploads.plan(published)
    runtime.uploads.advance(published)
    runtime.sandbox.fail(Operation.BEGIN, FaultKind.REFUSE)
    runtime.uploads.plan(refused)
    runtime.uploads.advance(refused)

    listed = type_in("list")
    assert re.search(rf"{refused}/sandbox/en/9x16 +failed .*the sandbox refuses to begin", listed)
    assert re.search(rf"{published}/sandbox/en/9x16 +processing .*goes on ·", listed)
    assert published not in type_in("list", "--state", "failed")

    shown = type_in("show", refused)
    assert "account  harbour-tales" in shown
    assert "problem  the sandbox refuses to begin" in shown
    assert re.search(r"reserved.*\n.*failed +the sandbox refuses to begin", shown)

    assert "processing" in type_in("retry", refused, "--by", "ann")
    assert "ann wants it tried again" in type_in("show", f"{refused}/sandbox/en/9x16")

    gone = type_in("withdraw", published, "--reason", "a wrong name", "--by", "ann")
    assert "withdrawn" in gone
    assert "a wrong name" in type_in("show", published)
    with pytest.raises(BadInput, match="is withdrawn: there is nothing to try again"):
        type_in("retry", published)


def test_what_is_not_cleared_says_so_and_why(
    type_in: Type, runtime: Runtime, database: Database
) -> None:
    name = finished_story(database)
    take_clearance(database, name)
    runtime.uploads.plan(name)
    assert "may not be published on sandbox in en: it has no clearance" in type_in("retry", name)


def test_a_wrong_name_is_explained(type_in: Type) -> None:
    with pytest.raises(NotFound, match="has no uploads"):
        type_in("show", story_id(1))
    with pytest.raises(NotFound, match="There is no upload"):
        type_in("show", f"{story_id(1)}/sandbox/en/9x16")
    with pytest.raises(BadInput, match="is not of the form story/platform/locale/format"):
        type_in("show", "a/b")
    with pytest.raises(BadInput, match="myspace"):
        type_in("show", f"{story_id(1)}/myspace/en/9x16")
    with pytest.raises(BadInput, match="is not of the form <channel>"):
        type_in("show", "nonsense")
