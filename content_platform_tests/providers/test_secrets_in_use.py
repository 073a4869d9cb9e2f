"""Secrets on their way to a vendor: rotated under load, and refused in every way, they stay secret."""

from __future__ import annotations

import base64
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from content_platform.clock import utc_now
from content_platform.errors import ContentPlatformError
from content_platform.hosted import hosted_providers
from content_platform.providers.catalogue import Catalogue, load_catalogue
from content_platform.providers.hosted import http_failure, quoted
from content_platform.providers.pipeline import Pipeline
from content_platform.security import redaction
from content_platform.security.secrets import FileSecrets, Secrets
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.storytelling import TokenPrice
from content_platform_tests.contract_servers.vendor import Answer, Request, Trouble
from content_platform_tests.stories.hosted import request

NAME = "OPENAI_API_KEY"
MODEL = "openai-gpt-6-luna"
PRICES = {"gpt-6-luna": TokenPrice.per_million("0.10", "0.50", cached_input="0.01")}


class TalkativeServer(OpenAIServer):
    """Repeats in its refusals what it was sent, header and all, as no vendor should."""

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        sent = request.headers.get("authorization", "")
        answer = super().trouble_answer(trouble, request)
        assert isinstance(answer.body, dict)
        encoded = base64.b64encode(sent.encode()).decode()
        answer.body["error"]["message"] = f"You sent {sent} or {quote(sent, safe='')} or {encoded}"
        return answer


@pytest.fixture
def server() -> Iterator[TalkativeServer]:
    with TalkativeServer(PRICES) as running:
        yield running


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    file = tmp_path / "secrets.yaml"
    file.touch(mode=0o600)
    return file


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_values", set())
    monkeypatch.setattr(redaction, "_forms", ())


def catalogue(server: OpenAIServer, tmp_path: Path, **fields: object) -> Catalogue:
    """The shipped models of OpenAI that write, on this machine."""
    more = "".join(f", {name}: {value}" for name, value in fields.items())
    own = tmp_path / "catalogue.yaml"
    own.write_text(
        "vendors: {openai: {per_minute: 100000, concurrency: 64}}\n"
        f"models: {{{MODEL}: {{base_url: '{server.url}/v1'{more}}}}}\n"
    )
    whole = load_catalogue(own)
    return Catalogue({MODEL: whole[MODEL]})


@pytest.fixture
def pipeline_of(
    database: Database, media: LocalMediaStore, tmp_path: Path
) -> Iterator[Callable[[Catalogue, Secrets], Pipeline]]:
    made: list[Pipeline] = []

    def make(models: Catalogue, secrets: Secrets) -> Pipeline:
        made.append(
            Pipeline(
                database,
                media,
                lambda: hosted_providers(models, secrets, clock=utc_now, media=media),
                clock=utc_now,
                scratch_dir=tmp_path / "scratch",
                secrets=secrets,
            )
        )
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.close()


def test_rotating_a_secret_under_load_fails_no_call(
    server: TalkativeServer,
    secrets_file: Path,
    tmp_path: Path,
    pipeline_of: Callable[[Catalogue, Secrets], Pipeline],
) -> None:
    """New key added, given out in the file, old one revoked; six callers notice nothing."""
    pipeline = pipeline_of(
        catalogue(server, tmp_path), Secrets([FileSecrets(secrets_file)], ttl_s=0.2)
    )
    key = "rotated-key-number-{}".format
    server.secrets = (key(0),)
    write_secrets(secrets_file, key(0))
    numbers = iter(range(10_000))
    rotated = threading.Event()
    costs = []

    def work() -> None:
        while not rotated.is_set():
            asked = request(seed=next(numbers) + 1)
            costs.append(pipeline.run(asked, story_id="story").cost_usd)

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work) for _ in range(6)]
        for number in range(1, 4):
            answered = len(costs)
            server.secrets = (key(number), key(number - 1))
            write_secrets(secrets_file, key(number), key(number - 1))
            while len(costs) < answered + 5 and not any(worker.done() for worker in workers):
                threading.Event().wait(0.01)
            server.secrets = (key(number),)
        rotated.set()
        for worker in workers:
            worker.result()
    good = [exchange for exchange in server.journal if exchange.status == 200]
    assert len(good) == len(costs) >= 15
    assert sum(costs) == server.billed_usd


SECRET = "sk-proj/Va9+leaks%nowhere=7"


@pytest.mark.parametrize("trouble", [*Trouble, "illegal header"], ids=str)
def test_a_call_that_fails_in_any_way_writes_no_secret_down(
    trouble: Trouble | str,
    server: TalkativeServer,
    secrets_file: Path,
    tmp_path: Path,
    database: Database,
    pipeline_of: Callable[[Catalogue, Secrets], Pipeline],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    redaction.guard_output()
    caplog.set_level(logging.DEBUG)
    secret = SECRET + ("–\u200b" if trouble == "illegal header" else "")
    server.secrets = (secret,)
    write_secrets(secrets_file, secret)
    models = catalogue(server, tmp_path, timeout_s=1)
    if isinstance(trouble, Trouble):
        server.misbehave(*[trouble] * 12)
    pipeline = pipeline_of(models, Secrets([FileSecrets(secrets_file)]))
    told = ""
    try:
        pipeline.run(request(), story_id="story")
    except ContentPlatformError as error:
        told = "".join(traceback.format_exception(error))
        logging.getLogger("story").exception("the story failed")
    assert told or trouble is Trouble.SLOW
    shown = told + caplog.text + "".join(capfd.readouterr())
    kept = everything_in(database) + "".join(
        path.read_text("utf-8", "ignore")
        for path in tmp_path.rglob("*")
        if path.is_file() and path != secrets_file
    )
    sent = f"Bearer {secret}"
    ways = [secret, quote(sent, safe=""), base64.b64encode(sent.encode()).decode(), repr(sent)]
    for way in ways:
        piece = way[len(way) // 2 - 6 : len(way) // 2 + 7]
        assert piece not in shown
        assert piece not in kept


def test_a_model_says_what_it_lacks(
    server: TalkativeServer,
    secrets_file: Path,
    tmp_path: Path,
    pipeline_of: Callable[[Catalogue, Secrets], Pipeline],
) -> None:
    pipeline = pipeline_of(catalogue(server, tmp_path), Secrets([FileSecrets(secrets_file)]))
    with pytest.raises(ContentPlatformError, match=f"{MODEL}: {NAME} is not set"):
        pipeline.run(request(), story_id="story")
    assert server.journal == []


def write_secrets(file: Path, *versions: str) -> None:
    """As an operator's tool does it: at once, and only for its owner."""
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(f"{NAME}: {list(versions)!r}")
    part.replace(file)


def everything_in(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.transaction() as connection:
        tables = connection.execute(
            text(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        ).all()
        rows = [
            str(row[0])
            for schema, table in tables
            for row in connection.execute(text(f'SELECT t::text FROM "{schema}"."{table}" t'))
        ]
    return "\n".join(rows)


def test_what_a_vendor_said_is_cleaned_before_it_is_cut() -> None:
    """Of a secret that was cut nobody would know any more that it is one."""
    redaction.register(SECRET)
    for before in range(400, 520):
        said = "." * before + SECRET + "." * 200
        for message in (quoted(said), str(http_failure("Vendor", 401, said, {}, utc_now()))):
            assert SECRET[:6] not in message, before
            assert len(message) < 600
