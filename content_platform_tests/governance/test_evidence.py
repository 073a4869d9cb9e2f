"""Every part of a finished story has evidence of its licence, found where it was really made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console
from sqlalchemy import delete
from typer.testing import CliRunner

from content_platform.cli import review as review_commands
from content_platform.governance.clearance import clear_story, read_case
from content_platform.governance.evidence import gather, terms_of
from content_platform.governance.models import LicenceEvidence
from content_platform.imagery.models import SceneImage
from content_platform.moderation.adapters.house_rules import HouseRulesModerator
from content_platform.moderation.adapters.picture_safety import PictureSafety
from content_platform.moderation.media import judge_audio, judge_pictures
from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.review import ReviewQueue
from content_platform.moderation.text import judge_text
from content_platform.narration.models import Narration
from content_platform.providers.pipeline import Pipeline
from content_platform.runtime import Runtime
from content_platform.storage.tables import reviews
from content_platform.stories.adapters.plot_kernels import PlotKernels
from content_platform.stories.models import Brief, Story, StoryStatus
from content_platform.stories.telling import tell_in_every_locale
from content_platform.vocabulary import Platform
from content_platform_tests.command import MadeStory
from content_platform_tests.moderation.cases import SPAM, Desk

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_what_a_licence_allows() -> None:
    for licence in ("MIT", "Apache-2.0 AND MIT", "CC-BY-NC-4.0 OR MIT", "GPL-3.0-or-later"):
        assert terms_of(licence).commercial, licence
        assert not terms_of(licence).attribution
    assert terms_of("CC-BY-4.0 AND MIT") == terms_of("CC-BY-4.0")
    assert terms_of("CC-BY-4.0").attribution
    for licence in ("", "CC-BY-NC-4.0", "MIT AND CC-BY-NC-4.0", "CC-BY-SA-4.0", "mit, I guess"):
        assert not terms_of(licence).commercial, licence


def test_words_that_another_story_was_told_with_are_proven_by_its_call(
    desk: Desk, pipeline_with: Callable[..., Pipeline]
) -> None:
    pipeline = pipeline_with(PlotKernels())
    for _ in range(2):
        row = desk.story(StoryStatus.RUNNING, Decision.ALLOW, media=False)
        brief = desk.records.load_one(Brief, row.story_id)
        told = tell_in_every_locale(brief, target_words=60, pipeline=pipeline)
        desk.records.replace(Story, row.story_id, told)
    assert pipeline.calls(row.story_id) == ()  # the second one's answer was there already
    (part,) = gather(row.story_id, records=desk.records, database=desk.database)
    assert (part.component, part.provider, part.licence) == (
        "text:en",
        "plot-kernels",
        "Apache-2.0",
    )
    assert part.call_key

    own = told[0].model_copy(update={"written_by": "script"})
    desk.records.replace(Story, row.story_id, [own])
    (part,) = gather(row.story_id, records=desk.records, database=desk.database)
    assert (part.licence, part.call_key) == ("supplied by the operator", None)
    assert part.commercial_use

    scene = own.scenes[0].model_copy(update={"text": "Nobody wrote this."})
    forged = told[0].model_copy(update={"scenes": (scene, *own.scenes[1:])})
    desk.records.replace(Story, row.story_id, [forged])
    (part,) = gather(row.story_id, records=desk.records, database=desk.database)
    assert (part.provider, part.commercial_use) == ("", False)


@pytest.fixture(scope="module")
def runtime(made_story: MadeStory) -> Iterator[Runtime]:
    with made_story.place.runtime() as runtime:
        yield runtime


@pytest.fixture(scope="module")
def evidence(runtime: Runtime, made_story: MadeStory) -> dict[str, LicenceEvidence]:
    found = gather(made_story.story_id, records=runtime.records, database=runtime.database)
    return {part.component: part for part in found}


def test_every_part_of_a_made_story_is_proven_and_may_be_sold(
    evidence: dict[str, LicenceEvidence], runtime: Runtime, made_story: MadeStory
) -> None:
    (story,) = runtime.records.load(Story, made_story.story_id)
    wanted = {"text:en", "narration:en", "music:en"}
    wanted |= {f"picture:{scene.index}" for scene in story.scenes}
    bundled = {name for name in evidence if name.startswith(("font:", "instruments:"))}
    assert set(evidence) - bundled == wanted
    assert {"font:Nunito Black", "font:Vollkorn Black"} <= bundled
    for component, part in evidence.items():
        assert part.provider, component
        assert part.vendor, component
        assert part.licence, component
        assert part.commercial_use, component
        assert (part.call_key is None) == (component in bundled), component
    assert evidence["text:en"].provider == "plot-kernels"
    assert evidence["narration:en"].provider == "kokoro"
    assert len(evidence["narration:en"].media_sha256) == len(story.scenes)
    for image in runtime.records.load(SceneImage, made_story.story_id):
        assert image.picture.sha256 in evidence[f"picture:{image.scene}"].media_sha256


def test_a_part_nobody_vouches_for_is_told_apart(runtime: Runtime, made_story: MadeStory) -> None:
    images = runtime.records.load(SceneImage, made_story.story_id)
    unknown = images[0].picture.model_copy(update={"sha256": "0" * 64})
    swapped = [images[0].model_copy(update={"picture": unknown}), *images[1:]]
    runtime.records.replace(SceneImage, made_story.story_id, swapped)
    try:
        found = gather(made_story.story_id, records=runtime.records, database=runtime.database)
    finally:
        runtime.records.replace(SceneImage, made_story.story_id, images)
    unproven = [part for part in found if not part.provider]
    assert [part.component for part in unproven] == [f"picture:{images[0].scene}"]
    assert not unproven[0].commercial_use


def test_a_made_story_is_judged_by_eye_and_ear_and_cleared(
    runtime: Runtime, made_story: MadeStory, evidence: dict[str, LicenceEvidence]
) -> None:
    story_id, records = made_story.story_id, runtime.records
    brief = records.load_one(Brief, story_id)
    stories, narrations = records.load(Story, story_id), records.load(Narration, story_id)
    images = records.load(SceneImage, story_id)
    pipeline = Pipeline(
        runtime.database,
        runtime.media,
        [HouseRulesModerator(), PictureSafety(runtime.media)],
        clock=runtime.clock,
        scratch_dir=runtime.settings.scratch_dir,
    )
    calls = len(pipeline.calls(story_id))
    audience = brief.config.audience
    try:
        heard = judge_audio(
            narrations, stories, audience, pipeline
        )  # no ear: the transcript is kept
        seen = judge_pictures(images, "en", audience, pipeline)
        verdicts = [judge_text(stories[0], audience, pipeline), *heard, *seen]
    finally:
        pipeline.close()
    assert {verdict.decision for verdict in verdicts} == {Decision.ALLOW}
    assert len(pipeline.calls(story_id)) <= calls + 2 + len({image.scene for image in images})

    case = read_case(story_id, records)
    judged = type(case)(
        **{
            **vars(case),
            "verdicts": tuple(verdicts),
            "reviews": (),
            "evidence": tuple(evidence.values()),
        }
    )
    found = clear_story(judged, now=NOW)
    assert {clearance.decision for clearance in found} == {Decision.ALLOW}, found
    assert set(brief.platforms) == {clearance.platform for clearance in found}
    assert Platform.YOUTUBE in brief.platforms
    assert runtime.pipeline.story_cost(story_id).usd == Decimal(0)


def test_reviews_are_listed_shown_and_decided_from_the_command_line(
    runtime: Runtime, made_story: MadeStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_id = made_story.story_id
    monkeypatch.setenv("CONTENT_DATA_DIR", str(made_story.place.data_dir))
    monkeypatch.setattr(review_commands, "out", Console(width=200, highlight=False))
    before = runtime.register.row(story_id)
    queue = review_queue(runtime)
    for subject in ("text", "pictures"):
        queue.open(doubtful(runtime, story_id, subject))

    def run(*arguments: str) -> str:
        ended = CliRunner().invoke(review_commands.app, arguments, catch_exceptions=True)
        return ended.output + (str(ended.exception) if ended.exception else "")

    try:
        listed = run("list")
        assert listed.count(story_id) == 2
        assert "spam (web address)" in listed
        shown = run("show", story_id)
        (story,) = runtime.records.load(Story, story_id)
        assert story.scenes[0].text in shown
        assert "see lamps.shop" in shown
        assert str(made_story.place.data_dir) in shown  # where the pictures lie
        assert "has 2 reviews" in run("approve", story_id)
        number = review_commands.number_of(queue.reviews(story_id=story_id)[0])
        assert "goes on" in run("approve", number, "--by", "ann", "--note", "it is a shop")
        assert "a decision is made once" in run("reject", number)
        assert "is rejected" in run("reject", story_id)
        assert "Nothing waits" in run("list")
        decided = run("list", "--all")
        assert "approved by ann" in decided
        assert "it is a shop" in run("show", number)
        assert "There is no review nowhere" in run("show", "nowhere")
    finally:
        with runtime.database.transaction() as connection:
            connection.execute(delete(reviews).where(reviews.c.story_id == story_id))
        runtime.register.set_status(story_id, before.status)
    assert runtime.register.row(story_id).status is before.status


def review_queue(runtime: Runtime) -> ReviewQueue:
    return review_commands._queue(runtime)


def doubtful(runtime: Runtime, story_id: str, subject: str) -> Verdict:
    (verdict,) = (v for v in runtime.records.load(Verdict, story_id) if v.subject == "text")
    return verdict.model_copy(
        update={"decision": Decision.REVIEW, "findings": (SPAM,), "subject": subject}
    )
