"""Runs of the real graph on a real Dagster instance: how they end, and what they leave."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import dagster as dg
import numpy as np
import psutil
import pytest
from dagster._core.test_utils import create_run_for_test
from pydantic import BaseModel

from content_platform.imagery.models import SceneImage, Thumbnail
from content_platform.mediatools.audio import write_flac
from content_platform.moderation.models import Decision, Verdict
from content_platform.narration.models import Narration, SpeakRequest, Speech, WordTiming
from content_platform.orchestration.build import build_story_definitions
from content_platform.orchestration.instance import OWNER_TAG, open_instance, settle_dead_runs
from content_platform.orchestration.partitions import stories
from content_platform.orchestration.sensors import failed_runs
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.runtime import embedded_providers
from content_platform.storage.models import Record
from content_platform.stories.models import Brief, Story, StoryRequest, StoryStatus
from content_platform.video.models import Video
from content_platform_tests.command import MadeStory
from content_platform_tests.orchestration.graph import left_by, whole_story

TEXT_ASSETS = ("brief", "story", "story_verdict", "story_gate")
AFTER_THE_GATE = [
    "narration",
    "scene_images",
    "background_music",
    "captions",
    "media_verdict",
    "media_gate",
    "videos",
    "thumbnails",
    "publish_metadata",
    "finished_story",
]


@pytest.fixture
def instance(made_story: MadeStory) -> Iterator[dg.DagsterInstance]:
    """The instance the command used; the environment it needs ends with the test."""
    before = dict(os.environ)
    try:
        with open_instance(made_story.place.settings) as opened:
            yield opened
    finally:
        os.environ.clear()
        os.environ.update(before)


def execute(
    instance: dg.DagsterInstance,
    key: str,
    assets: Sequence[str] = (),
    resources: dict[str, object] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run ``make_story``, or some of its assets with their checks, for one partition."""
    instance.add_dynamic_partitions(str(stories.name), [key])
    return (
        build_story_definitions(resources=resources)
        .resolve_job_def("make_story")
        .execute_in_process(
            instance=instance,
            partition_key=key,
            asset_selection=[dg.AssetKey(name) for name in assets] or None,
            raise_on_error=False,
        )
    )


def materialized(instance: dg.DagsterInstance, key: str, asset: str) -> bool:
    return key in instance.get_materialized_partitions(dg.AssetKey(asset))


def metadata_of(instance: dg.DagsterInstance, key: str, asset: str) -> dict[str, str]:
    newest = instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[key]), limit=1
    ).records[0]
    assert newest.asset_materialization is not None
    return {name: str(value.value) for name, value in newest.asset_materialization.metadata.items()}


def test_the_graph_shows_pictures_waveforms_words_and_links(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    scenes = metadata_of(instance, made_story.story_id, "scene_images")["scenes"]
    assert scenes.count("data:image/jpeg;base64,") >= 3
    assert (
        "data:image/png;base64,"
        in metadata_of(instance, made_story.story_id, "narration")["waveform"]
    )
    assert (
        "data:image/png;base64,"
        in metadata_of(instance, made_story.story_id, "background_music")["waveform"]
    )
    assert metadata_of(instance, made_story.story_id, "narration")["listen"].endswith(".flac")
    assert (
        "data:image/jpeg;base64," in metadata_of(instance, made_story.story_id, "videos")["stills"]
    )
    with made_story.place.runtime() as runtime:
        video = runtime.records.load(Video, made_story.story_id)[0].media
        told = runtime.records.load(Story, made_story.story_id)[0]
    link = metadata_of(instance, made_story.story_id, "videos")["play_en_1x1"]
    assert link.startswith("http://127.0.0.1:")
    assert video.sha256 in link
    shown = metadata_of(instance, made_story.story_id, "story")
    assert told.scenes[0].text in shown["text"]
    assert all(member.name in shown["cast"] for member in told.cast)
    assert metadata_of(instance, made_story.story_id, "finished_story")["cost_usd"] == "0.0"


def test_a_made_story_has_every_asset_and_every_check_looked_at_it(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    assets, checks = left_by(instance, made_story.story_id)
    assert (assets, checks.keys()) == whole_story()
    assert [name for name, passed in checks.items() if not passed] == []


def everything(made_story: MadeStory) -> dict[type[Record], list[Record]]:
    kinds: tuple[type[Record], ...] = (Brief, Story, Verdict, Narration, SceneImage, Video)
    with made_story.place.runtime() as runtime:
        return {kind: runtime.records.load(kind, made_story.story_id) for kind in kinds}


def test_one_asset_is_made_again_alone_and_the_rest_stays(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    before = everything(made_story)
    with made_story.place.runtime() as runtime:
        stills = runtime.records.load(Thumbnail, made_story.story_id)
        for still in stills:
            runtime.media.delete(still.picture)
    result = execute(instance, made_story.story_id, ["thumbnails"])
    assert result.success
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"thumbnails"}
    assert {check.check_name for check in result.get_asset_check_evaluations()} == {
        "thumbnails_are_legible"
    }
    assert everything(made_story) == before
    with made_story.place.runtime() as runtime:
        assert runtime.records.load(Thumbnail, made_story.story_id) == stills
        assert all(runtime.media.exists(still.picture) for still in stills)


def test_a_range_of_partitions_added_by_hand_is_adopted(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    keys = [f"ember-wood_20260102_{number:04d}" for number in (1, 2)]
    for key in keys:
        assert execute(instance, key, TEXT_ASSETS).success
    with made_story.place.runtime() as runtime:
        rows = [runtime.register.row(key) for key in keys]
        assert [row.status for row in rows] == [StoryStatus.RUNNING] * 2
        assert len({row.request.seed for row in rows}) == 2
        texts = [runtime.records.load(Story, key)[0] for key in keys]
    assert texts[0].scenes != texts[1].scenes
    assert all(materialized(instance, key, name) for key in keys for name in TEXT_ASSETS)
    again = execute(instance, keys[0], TEXT_ASSETS)
    assert again.success
    with made_story.place.runtime() as runtime:
        assert runtime.records.load(Story, keys[0]) == [texts[0]]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("nonsense", "story key 'nonsense' is not of the form <channel>_<YYYYMMDD>_<NNNN>"),
        ("ember-wood_20261340_0001", "is not of the form"),
        ("no-such-channel_20260102_0001", "There is no channel 'no-such-channel'"),
    ],
)
def test_a_mistyped_partition_fails_with_the_reason_and_leaves_no_story(
    key: str, reason: str, made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    result = execute(instance, key, TEXT_ASSETS)
    assert not result.success
    assert reason in tell_the_sensor(instance, result)
    with made_story.place.runtime() as runtime:
        assert key not in {row.story_id for row in runtime.register.stories()}


def tell_the_sensor(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> str:
    """Run the failure sensor as the daemon would, and return the step's own failure."""
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_runs",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        partition_key=result.dagster_run.tags["dagster/partition"],
    ).for_run_failure()
    failed_runs(context)
    return " ".join(
        str(event.step_failure_data.error) for event in result.all_events if event.is_step_failure
    )


class SilentVoice:
    """Says every text as half a second of silence a word."""

    info = ProviderInfo(
        name="silent-voice",
        vendor="tests",
        model="silence",
        model_version="1",
        capability=Capability.SPEAK,
        licence="Apache-2.0",
        embedded=False,
    )

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        assert isinstance(request, SpeakRequest)
        words = request.text.split()
        path = context.workspace / "speech.flac"
        write_flac(path, np.zeros((len(words) * 12_000, 1), np.float32), 24_000)
        timings = tuple(
            WordTiming(text=word, start_s=place / 2, end_s=place / 2 + 0.5)
            for place, word in enumerate(words)
        )
        speech = Speech(duration_s=len(words) / 2, sample_rate=24_000, words=timings)
        return Produced(output=speech, files={"audio": path})


def test_a_silent_narration_fails_the_run_and_the_story_with_the_reason(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    with ExitStack() as stack:
        runtime = stack.enter_context(made_story.place.runtime())
        providers = embedded_providers(runtime.settings, runtime.media)
        pipeline = Pipeline(
            runtime.database,
            runtime.media,
            [SilentVoice(), *providers],
            clock=runtime.clock,
            scratch_dir=runtime.settings.scratch_dir,
        )
        stack.callback(pipeline.close)
        request = StoryRequest(channel="ember-wood", seed=5, target_seconds=15)
        key = runtime.register.register(request, new=True).story_id
        result = execute(
            instance,
            key,
            [*TEXT_ASSETS, "narration", "captions"],
            {"runtime": replace(runtime, pipeline=pipeline)},
        )
        assert not result.success
        assert "silent" in tell_the_sensor(instance, result)
        row = runtime.register.row(key)
        assert row.status is StoryStatus.FAILED
        assert "the narration is silent" in row.error
        assert runtime.records.load(Narration, key) == []
    assert not materialized(instance, key, "captions")
    listed = made_story.place.run("story", "list", "--status", "failed")
    assert key in listed.out
    shown = made_story.place.run("story", "show", key)
    assert "the narration is silent" in shown.out


def test_a_rejected_story_ends_well_with_its_verdict_and_nothing_after_the_gate(
    made_story: MadeStory, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    script = tmp_path / "script.txt"
    script.write_text("She told them how to build a pipe bomb in the cellar. They did.\n")
    rejected = made_story.place.run("story", "make", "--script", str(script), "--seed", "3")
    assert rejected.code == 3
    assert "rejected" in rejected.out
    assert "weapons" in rejected.out
    assert "Traceback" not in rejected.err
    with made_story.place.runtime() as runtime:
        row = runtime.register.stories(status=StoryStatus.REJECTED)[0]
        verdicts = runtime.records.load(Verdict, row.story_id)
    assert "weapons" in row.error
    assert [verdict.decision is Decision.ALLOW for verdict in verdicts] == [False]
    run = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": row.story_id}))[0]
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert materialized(instance, row.story_id, "story_verdict")
    for asset in ("story_gate", *AFTER_THE_GATE):
        assert not materialized(instance, row.story_id, asset), asset
    checks = {
        entry.dagster_event.event_specific_data.check_name: entry.dagster_event.event_specific_data
        for entry in instance.all_logs(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
        if entry.dagster_event is not None
    }
    assert not checks["story_is_allowed"].passed
    assert checks["story_is_allowed"].severity is dg.AssetCheckSeverity.WARN
    assert "weapons" in (checks["story_is_allowed"].description or "")


def test_assets_that_pass_on_anything_but_records_are_told_so(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    @dg.asset(partitions_def=stories)
    def words() -> str:
        return "not a record"

    resources = build_story_definitions().resources or {}
    instance.add_dynamic_partitions(str(stories.name), [made_story.story_id])
    result = dg.materialize(
        [words],
        partition_key=made_story.story_id,
        instance=instance,
        resources=dict(resources),
        raise_on_error=False,
    )
    failures = [str(e.step_failure_data.error) for e in result.all_events if e.is_step_failure]
    assert "annotate with a Record or list of it" in failures[0]


def test_the_run_of_a_dead_process_is_settled_and_its_pool_is_free(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    """Its process id may even be another program's by now; the start time tells them apart."""
    storage = instance.event_log_storage
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        host = socket.gethostname()
        own = f"{host}:{living.pid}-{int(psutil.Process(living.pid).create_time())}"
        reused, gone = f"{host}:{living.pid}-1", f"{host}:4194304-1"
        runs = {
            owner: create_run_for_test(
                instance,
                job_name="make_story",
                status=dg.DagsterRunStatus.STARTED,
                tags={"dagster/partition": "ember-wood_20260103_0001", OWNER_TAG: owner},
            ).run_id
            for owner in (own, reused, gone)
        }
        storage.set_concurrency_slots("render", 1)
        claim = storage.claim_concurrency_slot("render", runs[gone], "videos")
        assert claim.is_claimed
        settle_dead_runs(instance, "ember-wood_20260103_0001")
        living.communicate(b"\n")
    states = {owner: instance.get_run_by_id(run).status for owner, run in runs.items()}  # type: ignore[union-attr]
    assert states == {
        own: dg.DagsterRunStatus.STARTED,
        reused: dg.DagsterRunStatus.FAILURE,
        gone: dg.DagsterRunStatus.FAILURE,
    }
    assert storage.get_concurrency_info("render").active_slot_count == 0


@pytest.mark.soak
def test_two_whole_partitions_become_finished_stories(
    made_story: MadeStory, instance: dg.DagsterInstance
) -> None:
    with made_story.place.runtime() as runtime:
        keys = [
            runtime.register.register(
                StoryRequest(
                    channel="ember-wood",
                    seed=seed,
                    target_seconds=15,
                    formats=("1x1",),  # type: ignore[arg-type]
                )
            ).story_id
            for seed in (21, 22)
        ]
    for key in keys:
        assert execute(instance, key).success
    with made_story.place.runtime() as runtime:
        assert [runtime.register.row(key).status for key in keys] == [StoryStatus.FINISHED] * 2
