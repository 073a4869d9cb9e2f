"""Notifications reach a real HTTP server, and never stop what they are about."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from content_platform.settings import Settings
from content_platform.telemetry.notifications import notify


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if "refuse" in self.path else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://user:hunter2hunter2@127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def test_a_failure_is_told_where_people_asked_for_it(
    webhook: tuple[str, list[dict[str, str]]],
) -> None:
    url, got = webhook
    settings = Settings(notify_urls=(SecretStr(url),))
    assert notify(settings, "ember-wood failed", "no provider left", level="failure")
    assert (got[0]["title"], got[0]["message"], got[0]["type"]) == (
        "ember-wood failed",
        "no provider left",
        "failure",
    )


def test_a_place_that_refuses_is_logged_without_its_password(
    webhook: tuple[str, list[dict[str, str]]], caplog: pytest.LogCaptureFixture
) -> None:
    url, got = webhook
    settings = Settings(notify_urls=(SecretStr(f"{url}/refuse"), SecretStr("no url at all")))
    with caplog.at_level(logging.DEBUG, logger="content_platform"):
        assert not notify(settings, "budget", "spent", level="warning")
    assert len(got) == 1
    assert "not every place" in caplog.text
    assert "hunter2hunter2" not in caplog.text
    assert "hunter2hunter2" not in repr(settings)


def test_without_a_place_the_message_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert notify(Settings(), "done", "all is well")
    assert "done: all is well" in caplog.text
