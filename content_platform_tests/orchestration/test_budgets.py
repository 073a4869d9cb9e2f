"""A story without money is deferred: run, partition, command line and database say so, and it goes on later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import BaseModel

from content_platform.orchestration.sensors import due_stories
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Produced,
    ProviderInfo,
    Shortage,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import Period, Scope, window_end, window_start
from content_platform.runtime import Runtime, embedded_providers
from content_platform.stories.adapters.plot_kernels import PlotKernels
from content_platform.stories.models import StoryStatus
from content_platform.vocabulary import StoryId
from content_platform_tests.command import Workplace
from content_platform_tests.orchestration.test_outcomes import left_failed, partition, told
from content_platform_tests.orchestration.world import World, runs_of


class PaidWriter(PlotKernels):
    """A writer that takes a dollar for a story."""

    asked = 0

    @property
    def info(self) -> ProviderInfo:
        return super().info.model_copy(update={"name": "paid-writer", "embedded": False})

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(1)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        self.asked += 1
        return replace(super().call(request, context), cost_usd=Decimal(1))


@pytest.fixture
def paying(world: World) -> Iterator[tuple[Runtime, PaidWriter]]:
    """The world's runtime with a writer that costs money."""
    runtime, writer = world.runtime, PaidWriter()
    with closing(
        Pipeline(
            runtime.database,
            runtime.media,
            [writer, *embedded_providers(runtime.settings, runtime.media)],
            clock=runtime.clock,
            scratch_dir=runtime.settings.scratch_dir,
            story_budget=lambda story_id: (
                runtime.configs.current(StoryId.parse(story_id).channel).config.story_budget_usd
            ),
        )
    ) as pipeline:
        yield replace(runtime, pipeline=pipeline), writer


def allow(runtime: Runtime, hard: str) -> None:
    runtime.budgets.set(
        Scope.CHANNEL,
        "saves",
        Period.MONTH,
        soft_usd=None,
        hard_usd=Decimal(hard),
        author="test",
        reason="test",
    )


def test_a_story_over_its_budget_waits_for_the_window_to_turn_and_then_is_made(
    world: World, workplace: Workplace, paying: tuple[Runtime, PaidWriter]
) -> None:
    runtime, writer = paying
    world.channel("saves", cadence={})
    allow(runtime, "0.50")
    story_id = world.rehearsal("saves", 1).story_id
    run = world.run("make_story", story_id, resources={"runtime": runtime})
    assert run.success
    row = runtime.register.row(story_id)
    assert row.status is StoryStatus.DEFERRED
    assert "The budget of channel saves" in row.error
    assert row.resume_at == window_end(Period.MONTH, window_start(Period.MONTH, runtime.clock()))
    assert writer.asked == 0
    assert partition(world, "brief", story_id) == "materialized"
    for asset in ("story", "story_verdict", "story_gate", "narration", "finished_story"):
        assert partition(world, asset, story_id) == "missing", asset
    assert story_id not in left_failed(world)
    said = told(workplace, story_id)
    assert "deferred" in said["list"]
    assert "no room" in " ".join(said["show"].split())

    assert story_id not in runs_of(world.tick(due_stories))
    assert [due.story_id for due in runtime.register.due_to_resume(row.resume_at, 9)] == [story_id]
    allow(runtime, "1.50")  # nobody waits for the month to end
    assert runs_of(world.tick(due_stories))[story_id] == f"{story_id}:r{row.revision + 1}"
    assert world.run("make_story", story_id, resources={"runtime": runtime}).success
    assert runtime.register.row(story_id).status is StoryStatus.FINISHED
    assert (writer.asked, runtime.pipeline.story_cost(story_id).usd) == (1, Decimal(1))


def test_a_story_that_used_up_its_total_says_what_to_raise_and_goes_on_once_it_was(
    world: World, workplace: Workplace, paying: tuple[Runtime, PaidWriter]
) -> None:
    runtime, writer = paying
    world.channel("purse", cadence={}, story_budget_usd="0.50")
    story_id = world.rehearsal("purse", 11).story_id
    assert world.run("make_story", story_id, resources={"runtime": runtime}).success
    row = runtime.register.row(story_id)
    assert (row.status, row.resume_at) == (StoryStatus.DEFERRED, None)
    assert "Raise story_budget_usd of channel purse" in row.error
    assert f"budget set story {story_id} total --hard" in row.error
    assert row.waits_for == Shortage(provider="paid-writer", usd=Decimal(1))
    assert story_id not in runs_of(world.tick(due_stories))

    for raised, goes_on in (("0.99", False), ("1.00", True)):
        world.channel("purse", cadence={}, story_budget_usd=raised)
        assert (story_id in runs_of(world.tick(due_stories))) is goes_on
    row = runtime.register.row(story_id)
    assert (row.status, row.waits_for) == (StoryStatus.PLANNED, None)
    assert world.run("make_story", story_id, resources={"runtime": runtime}).success
    assert runtime.register.row(story_id).status is StoryStatus.FINISHED
    assert writer.asked == 1


def test_a_budget_of_its_own_lets_one_story_go_on(
    world: World, paying: tuple[Runtime, PaidWriter]
) -> None:
    runtime, _ = paying
    world.channel("pocket", cadence={}, story_budget_usd="0.50")
    first, second = (world.rehearsal("pocket", number).story_id for number in (12, 13))
    for story_id in (first, second):
        assert world.run("make_story", story_id, resources={"runtime": runtime}).success
    runtime.budgets.set(
        Scope.STORY, second, Period.TOTAL, soft_usd=None, hard_usd=Decimal(2), author="test",
        reason="worth it",
    )  # fmt: skip
    ticked = runs_of(world.tick(due_stories))
    assert (first in ticked, second in ticked) == (False, True)
