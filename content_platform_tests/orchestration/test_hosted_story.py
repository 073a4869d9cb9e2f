"""A story by hosted vendors alone: the same graph, each cent accounted for, and no secret left anywhere.

The vendors are their contract servers, which bill by meters of their own and misbehave while the story
is made. Only judging texts and pictures stays in the house: no vendor is set up for it.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from sqlalchemy import select

from content_platform.imagery.models import SceneImage
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration
from content_platform.providers.accounts import costs
from content_platform.providers.catalogue import load_catalogue
from content_platform.providers.models import CostBy
from content_platform.runtime import Runtime
from content_platform.security.redaction import REDACTED
from content_platform.steering.models import ChannelConfig
from content_platform.storage.database import dagster_url
from content_platform.storage.postgres import EmbeddedPostgres
from content_platform.storage.tables import (
    cost_entries,
    evidence,
    media_assets,
    provider_attempts,
    provider_calls,
)
from content_platform.stories.models import Story, StoryRequest, StoryStatus
from content_platform.video.models import FinishedStory
from content_platform_tests.command import Ended, Workplace
from content_platform_tests.contract_servers.vendor import Trouble, VendorServer
from content_platform_tests.orchestration.graph import left_by, whole_story
from content_platform_tests.orchestration.world import opened
from content_platform_tests.vendors import KEYS, Vendors, serving

RANKED = {
    "write": ("anthropic-haiku-5-5", "openai-gpt-6-luna"),
    "speak": ("elevenlabs-flash",),
    "draw": ("stability-core", "openai-gpt-image-2"),
    "compose": ("elevenlabs-music",),
    "transcribe": ("openai-whisper-1",),
}
TOLD = "a light in the morning"
"""What the stand-ins' stories are about, whatever is asked."""
LOST = {Trouble.CUT_AFTER, Trouble.TRUNCATED}
"""The vendor did it and bills it, and we cannot know."""


@dataclass(frozen=True)
class Hosted:
    """A story made by the vendors, and all that is left of it."""

    place: Workplace
    vendors: Vendors
    story_id: str
    told: dict[str, Ended]
    """What the command said afterwards."""


def misbehaving(vendors: Vendors) -> None:
    """While the story is made: a refusal, rate limits, errors, lost answers, an answer of no use."""
    vendors.anthropic.misbehave(Trouble.CONTENT_REFUSED)
    vendors.openai.misbehave(Trouble.RATE_LIMITED, Trouble.SLOW, Trouble.SLOW, Trouble.TRUNCATED)
    vendors.openai.model.say("It was a dark and stormy night.")
    vendors.elevenlabs.misbehave(Trouble.SERVER_ERROR, Trouble.SLOW, Trouble.CUT_AFTER)
    vendors.stability.misbehave(Trouble.SLOW, Trouble.CONTENT_REFUSED)


def make(place: Workplace, vendors: Vendors, request: StoryRequest) -> str:
    """Have the story made by a worker of its own, with the keys in its environment."""
    (place.data_dir / "catalogue.yaml").write_text(vendors.catalogue())
    with place.runtime() as runtime:
        config = runtime.configs.current(request.channel).config
        with runtime.configs.changing(request.channel) as hand:
            ranked = {**config.model_dump(), "providers": RANKED}
            hand.set(ChannelConfig.model_validate(ranked), author="test", reason="test")
        story_id = runtime.register.register(request).story_id
    run = (sys.executable, "-m", "content_platform_tests.orchestration.logged_run")
    printed = place.data_dir / "printed.log"
    with printed.open("wb") as file:
        ended = subprocess.run(
            [*run, story_id, str(place.data_dir / "debug.log")],
            check=False,
            env=place.environment(**KEYS),
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=600,
        )
    assert ended.returncode == 0, printed.read_text("utf-8")[-4000:]
    return story_id


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """The smallest story, by vendors that misbehave; then one that nobody may write."""
    place = Workplace(tmp_path_factory.mktemp("hosted"))
    small: dict[str, Any] = {"target_seconds": 16, "formats": ("1x1",), "seed": 8}
    with serving() as vendors:
        misbehaving(vendors)
        story_id = make(place, vendors, StoryRequest(channel="ember-wood", theme=TOLD, **small))
        for server in (vendors.openai, vendors.anthropic):
            server.misbehave(*[Trouble.BAD_SECRET] * 4)
        finnish = ("--channel", "ember-wood", "--seconds", "15", "--locale", "fi", "--no-media")
        commands = {
            "refused": ("story", "make", *finnish, "--seed", "9"),
            "show": ("story", "show", story_id),
            "costs": ("budget", "costs"),
            "providers": ("provider", "list"),
        }
        told = {name: place.run(*words, timeout_s=280, **KEYS) for name, words in commands.items()}
        yield Hosted(place, vendors, story_id, told)
    place.close()


@pytest.fixture
def runtime(hosted: Hosted) -> Iterator[Runtime]:
    with hosted.place.runtime() as opened:
        yield opened


def rows(runtime: Runtime, table: Any) -> list[Any]:
    with runtime.database.transaction() as connection:
        return list(connection.execute(select(table)).all())


def lost(server: VendorServer) -> list[Decimal]:
    """What the vendor bills for each answer that never arrived whole."""
    return [exchange.billed_usd for exchange in server.journal if exchange.trouble in LOST]


def vendor_of() -> dict[str, str]:
    """Whose server each model of the catalogue is on."""
    return {entry.name: entry.adapter for entry in load_catalogue()}


def test_the_graph_is_that_of_an_embedded_story(hosted: Hosted) -> None:
    with opened(hosted.place.settings) as world:
        assets, checks = left_by(world.instance, hosted.story_id)
        assert world.runtime.register.row(hosted.story_id).status is StoryStatus.FINISHED
    assert (assets, checks.keys()) == whole_story()
    assert [name for name, passed in checks.items() if not passed] == []


def test_no_embedded_engine_made_any_of_it(hosted: Hosted, runtime: Runtime) -> None:
    (told,) = runtime.records.load(Story, hosted.story_id)
    (spoken,) = runtime.records.load(Narration, hosted.story_id)
    drawn = runtime.records.load(SceneImage, hosted.story_id)
    (played,) = runtime.records.load(BackgroundMusic, hosted.story_id)
    assert told.written_by == "openai-gpt-6-luna"  # Anthropic refused
    assert spoken.provider == "elevenlabs-flash"
    assert Counter(each.provider for each in drawn) == {
        "stability-core": len(drawn) - 1,
        "openai-gpt-image-2": 1,  # Stability refused it
    }
    assert played.provider == "elevenlabs-music"
    asked = {(row.capability, row.provider) for row in rows(runtime, evidence)}
    in_house = {each for each in asked if each[1] not in vendor_of()}
    assert in_house == {("moderate", "house-rules"), ("moderate", "open-nsfw")}
    assert ("transcribe", "openai-whisper-1") in asked


def test_everything_a_provider_made_has_evidence_and_a_cost(
    hosted: Hosted, runtime: Runtime
) -> None:
    catalogue = load_catalogue()
    proven = {(row.call_key, row.attempt_number): row for row in rows(runtime, evidence)}
    charged = {(row.call_key, row.attempt_number): row for row in rows(runtime, cost_entries)}
    finished = [row for row in rows(runtime, provider_calls) if row.status == "finished"]
    assert len(finished) >= 10
    kept: set[str] = set()
    for call in finished:
        found = proven[call.call_key, call.finished_attempt]
        assert set(found.media_sha256) == {ref["sha256"] for ref in call.media.values()}
        kept |= set(found.media_sha256)
        cost = charged[call.call_key, call.finished_attempt]
        assert (cost.basis, cost.provider) == ("actual", found.provider)
        if found.provider in catalogue.entries:
            entry = catalogue[found.provider]
            assert (found.vendor, found.model) == (entry.vendor, entry.model)
            assert (found.licence, found.terms_url) == (entry.licence, entry.terms_url)
            assert found.response_id
            assert cost.amount_usd > 0
    assert {row.sha256 for row in rows(runtime, media_assets)} == kept
    attempts = {(row.call_key, row.number) for row in rows(runtime, provider_attempts)}
    assert set(charged) == attempts
    images = runtime.records.load(SceneImage, hosted.story_id)
    assert {image.picture.sha256 for image in images} <= kept


def test_the_ledger_is_the_vendors_meters_to_the_cent(hosted: Hosted, runtime: Runtime) -> None:
    """What is settled equals the meters; what nobody knows is charged as estimated, never less."""
    whose = vendor_of()
    statuses = {(r.call_key, r.number): r for r in rows(runtime, provider_attempts)}
    settled: Counter[str] = Counter()
    doubtful: dict[str, list[Decimal]] = {}
    for entry in rows(runtime, cost_entries):
        attempt = statuses[entry.call_key, entry.attempt_number]
        vendor = whose.get(entry.provider, "in house")
        if attempt.status == "ambiguous":
            assert (entry.basis, entry.amount_usd) == ("estimate", attempt.estimate_usd)
            doubtful.setdefault(vendor, []).append(entry.amount_usd)
        else:
            assert entry.basis == "actual"
            settled[vendor] += entry.amount_usd
    assert settled.pop("in house", Decimal(0)) == 0
    for name, server in hosted.vendors.all.items():
        unseen = lost(server)
        print(f"{name}: {len(server.journal)} requests, ${server.billed_usd} billed,"
              f" ${settled[name]} settled, {doubtful.get(name, [])} charged for {unseen} unseen")  # fmt: skip
        assert settled[name] == server.billed_usd - sum(unseen)
        assert len(doubtful.get(name, [])) == len(unseen)
        assert sum(doubtful.get(name, [])) >= sum(unseen)
        assert server.violations == []
    assert {name for name, server in hosted.vendors.all.items() if lost(server)} == {
        "openai",
        "elevenlabs",
    }
    uncertain = sum((sum(each) for each in doubtful.values()), Decimal(0))
    total = hosted.vendors.billed_usd - sum(sum(lost(s)) for s in hosted.vendors.all.values())
    assert total > 0
    for by in CostBy:
        summed = costs(runtime.database, by)
        assert sum(line.usd for line in summed) == total + uncertain
        assert sum(line.uncertain_usd for line in summed) == uncertain
    (finished,) = runtime.records.load(FinishedStory, hosted.story_id)
    assert finished.cost_usd == runtime.pipeline.story_cost(hosted.story_id).usd
    assert finished.cost_usd == total + uncertain


def test_troubles_end_as_they_should(hosted: Hosted, runtime: Runtime) -> None:
    """Each kind of trouble was played, and what followed is written down."""
    played = {
        exchange.trouble for server in hosted.vendors.all.values() for exchange in server.journal
    }
    assert played - {None, Trouble.SLOW} == {
        Trouble.RATE_LIMITED,
        Trouble.SERVER_ERROR,
        Trouble.CONTENT_REFUSED,
        Trouble.BAD_SECRET,
        *LOST,
    }
    drawn = [row for row in rows(runtime, provider_attempts) if "image" in row.provider]
    assert "succeeded" in {row.status for row in drawn}
    chats = hosted.vendors.openai.calls("chat")
    repaired = [exchange for exchange in chats if exchange.billed_usd]
    assert len(repaired) == 2
    assert b"not a JSON object" in repaired[1].body


def test_people_see_what_it_cost_and_where(hosted: Hosted) -> None:
    for said in (hosted.told["show"], hosted.told["costs"], hosted.told["providers"]):
        assert said.code == 0, said.err
    assert re.search(r"\$0\.\d+ of it for answers that were lost", hosted.told["costs"].out)
    paid = r"speak +elevenlabs-flash +\$0\.01\d+ +3 calls of 5 attempts"
    assert re.search(paid, hosted.told["show"].out), hosted.told["show"].out
    refused = hosted.told["refused"]
    assert refused.code == 1
    assert "OpenAI answered 401" in refused.err
    assert "Traceback" not in refused.err + refused.out


def ways_to_find(secret: str) -> set[bytes]:
    """How a secret may stand in a text, cut too; of base64 what does not depend on its neighbours."""
    data = secret.encode()
    ways = {
        secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1], repr(secret)[1:-1], data.hex(),
        secret[4:-4], secret[:8],
    }  # fmt: skip
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data).decode().rstrip("=")[4:-2]
        ways |= {whole, whole.replace("+", "-").replace("/", "_")}
    return {way.encode() for way in ways}


def everything_in(url: str) -> bytes:
    """All rows of all tables of a database as text; packed ones unpacked."""
    parts: list[bytes] = []
    with psycopg.connect(url.replace("+psycopg2", "").replace("+psycopg", "")) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = "
            "'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 15
        for schema, table in tables:
            name = f'"{schema}"."{table}"'
            parts += [r[0].encode() for r in connection.execute(f"SELECT t::text FROM {name} t")]
            for row in connection.execute(f"SELECT t.* FROM {name} t"):
                for value in row:
                    if isinstance(value, bytes):
                        parts.append(zlib.decompress(value) if value[:1] == b"x" else value)
    return b"\n".join(parts)


def test_no_secret_is_left_anywhere(hosted: Hosted) -> None:
    settings = hosted.place.settings
    places: dict[str, bytes] = {
        "our database": everything_in(str(EmbeddedPostgres(settings.data_dir).content_url)),
        "Dagster's database": everything_in(dagster_url(settings)),
    }
    for name, said in hosted.told.items():
        places[f"what `{name}` printed"] = (said.out + said.err).encode()
    for file in sorted(settings.data_dir.rglob("*")):
        if file.is_file() and not file.is_symlink():
            places[str(file.relative_to(settings.data_dir))] = file.read_bytes()
    for place in ("our database", "Dagster's database", "what `refused` printed"):
        assert places[place].count(REDACTED.encode()) > 3, place
    (captured,) = (file for file in places if file.endswith(".err"))
    for place in ("Dagster's database", "debug.log", captured):
        assert places[place].count(b"receive_response_headers.complete") > 3, place
    sent = [
        str(exchange.headers)
        for server in hosted.vendors.all.values()
        for exchange in server.journal
    ]
    for name, secret in KEYS.items():
        assert any(secret in headers or repr(secret)[1:-1] in headers for headers in sent), name
        found = {
            place: way
            for place, content in places.items()
            for way in ways_to_find(secret)
            if way in content
        }
        assert found == {}, name


@pytest.mark.soak
def test_a_whole_story_in_three_formats_by_vendors_alone(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    with serving() as vendors:
        misbehaving(vendors)
        story_id = make(place, vendors, StoryRequest(channel="midnight-tales", theme=TOLD, seed=11))
        with place.runtime() as runtime:
            everything = Hosted(place, vendors, story_id, {})
            test_the_ledger_is_the_vendors_meters_to_the_cent(everything, runtime)
            test_everything_a_provider_made_has_evidence_and_a_cost(everything, runtime)
            assert {image.format for image in runtime.records.load(SceneImage, story_id)} == {
                "16x9", "9x16", "1x1",
            }  # fmt: skip
    place.close()
