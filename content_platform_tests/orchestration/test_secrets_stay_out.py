"""After a run that fails in every way, no secret is found anywhere it could have been written."""

import base64
import logging
import os
from urllib.parse import quote

import dagster as dg
import pytest

from content_platform.orchestration.instance import failure_sentence, open_instance
from content_platform.security import redaction
from content_platform.storage.database import dagster_url
from content_platform_tests.command import Workplace

SECRET = "k7/Vq+w-9 rotates@midnight"
WAYS = [
    SECRET,
    quote(SECRET, safe=""),
    base64.b64encode(SECRET.encode()).decode(),
    base64.b64encode(b"user:" + SECRET.encode()).decode(),
    base64.urlsafe_b64encode(b"x" + SECRET.encode() + b"\n").decode(),
]
INSIDE = [way[9:24] for way in WAYS]
"""Of each way a piece from its middle: even that must not be found."""


class VendorError(Exception):
    """As vendors' packages make them: the whole request in a field, and in what is printed."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    def __str__(self) -> str:
        return self.said


def chain(*messages: str) -> Exception:
    error: Exception | None = None
    for message in messages:
        try:
            raise VendorError(message) from error
        except VendorError as raised:
            error = raised
    assert error is not None
    return error


@dg.asset
def telling(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Says its secret wherever an asset can say anything, and succeeds."""
    context.log.info(f"calling with {SECRET}")
    context.log.warning("calling with %s", WAYS[2])
    return dg.MaterializeResult(
        metadata={"asked": SECRET, "request": {"url": f"https://x/?q={WAYS[1]}", "all": WAYS}}
    )


@dg.asset
def failing() -> None:
    """Ends with an error whose causes all say the secret."""
    raise chain(f"Illegal header value {SECRET!r}", WAYS[3], f"request: {WAYS[4]}")


@dg.asset_check(asset=telling, blocking=True)
def checked() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, description=SECRET, metadata={"why": WAYS[1]})


@pytest.fixture
def registered() -> None:
    redaction.register(SECRET)
    redaction.guard_output()


@pytest.mark.usefixtures("registered")
def test_no_secret_in_logs_run_storage_or_database(
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with open_instance(workplace.settings) as instance:
        result = dg.materialize(
            [telling, failing, checked], instance=instance, raise_on_error=False
        )
        stored = "".join(entry.to_json() for entry in instance.all_logs(result.run_id))
    assert not result.success
    logging.getLogger("vendor").error("gave up", exc_info=chain(*WAYS))
    logging.getLogger("vendor").warning("sent %s to %d servers", SECRET, 2)
    sentences = [failure_sentence(event) for event in result.all_events if event.is_failure]
    dumped = everything_in(dagster_url(workplace.settings))
    shown = caplog.text + "".join(capfd.readouterr())
    assert stored.count(redaction.REDACTED) > 10
    assert "sent [redacted] to 2 servers" in shown
    for place, text in {
        "events": stored,
        "database": dumped,
        "output": shown,
        "reasons": str(sentences),
    }.items():
        found = [piece for piece in INSIDE if piece in text]
        assert found == [], place


def everything_in(url: str) -> str:
    """All rows of all tables of a database, as text."""
    import psycopg

    parts = []
    with psycopg.connect(url.replace("+psycopg2", "")) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall()
            parts += [row[0] for row in rows]
    return "\n".join(parts)
