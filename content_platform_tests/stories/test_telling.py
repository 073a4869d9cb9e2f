"""From a brief to a told story, its checks and its publish metadata."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from decimal import Decimal
from importlib.resources import files

import pytest
import yaml

from content_platform.errors import BadInput, NoProviderLeft
from content_platform.providers.models import CallRequest, CallResult, OutputT
from content_platform.steering.models import ChannelConfig
from content_platform.stories.adapters.plot_kernels import PlotKernels
from content_platform.stories.checks import check_text, dangling_references, flesch_reading_ease
from content_platform.stories.metadata import (
    LIMITS,
    check_metadata,
    describe,
    estimate_scene_starts,
)
from content_platform.stories.models import (
    Brief,
    CastMember,
    SeriesContext,
    Story,
    StoryDraft,
    WriteRequest,
)
from content_platform.stories.storyteller import tell_story
from content_platform.stories.telling import story_from_draft, tell_in_every_locale
from content_platform.vocabulary import ArtStyle, Format, Genre, Platform

CHANNELS = ("midnight-tales", "ember-wood", "little-kindnesses")


def config(channel: str = "midnight-tales") -> ChannelConfig:
    path = files("content_platform.steering").joinpath(f"channels/{channel}.yaml")
    return ChannelConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def brief(**changes: object) -> Brief:
    settings: dict[str, object] = {
        "story_id": "midnight-tales_20261122_0001", "channel": "midnight-tales", "config_version": 1,
        "config": config(), "genre": Genre.MYSTERY, "theme": "a lighthouse keeper on a stormy night",
        "script": None, "locales": ("en",), "formats": tuple(Format), "platforms": tuple(Platform),
        "target_seconds": 45.0, "max_seconds": None, "voice": None, "style": ArtStyle.PAPER_CUT,
        "seed": 5, "picture_types": (), "audio_types": (),
    }  # fmt: skip
    return Brief.model_validate(settings | changes)


class EmbeddedOnly:
    """The pipeline's contract with the embedded storyteller as its only writer."""

    def __init__(self, translator: bool = False) -> None:
        self.requests: list[WriteRequest] = []
        self.attempts: list[int] = []
        self.translator = translator

    def run(
        self,
        request: CallRequest[OutputT],
        *,
        story_id: str,
        attempt: int = 0,
        prefer: Sequence[str] = (),
    ) -> CallResult[OutputT]:
        assert isinstance(request, WriteRequest)
        self.requests.append(request)
        self.attempts.append(attempt)
        if request.translate is not None and self.translator:
            output = request.translate.model_copy(
                update={
                    "scenes": tuple(
                        scene.model_copy(update={"text": scene.text.upper(), "place": "nowhere"})
                        for scene in request.translate.scenes
                    )
                }
            )
        else:
            reason = PlotKernels().refusal(request)
            if reason:
                raise NoProviderLeft(f"plot-kernels: {reason}.")
            output = tell_story(
                request.theme, request.genre, target_words=request.target_words, seed=request.seed,
                series=request.series, avoid_kernels=request.avoid_kernels,
                avoid_names=request.avoid_names,
            )  # fmt: skip
        return CallResult.model_validate(
            {
                "call_key": "k", "provider": "plot-kernels", "model": "m", "output": output,
                "media": {}, "cost_usd": Decimal(0), "seconds": 0.1, "reused": False,
            }
        )  # fmt: skip


def told(**changes: object) -> Story:
    return tell_in_every_locale(brief(**changes), target_words=120, pipeline=EmbeddedOnly())[0]


def test_a_brief_becomes_a_story_by_a_writer() -> None:
    story = told()
    assert story.written_by == "plot-kernels"
    assert story.words == pytest.approx(120, rel=0.08)


def test_another_attempt_asks_for_another_story() -> None:
    pipeline = EmbeddedOnly()
    for attempt in (0, 1):
        tell_in_every_locale(brief(attempt=attempt), target_words=120, pipeline=pipeline)
    assert pipeline.requests[0].seed != pipeline.requests[1].seed
    assert pipeline.attempts == [0, 1]


def test_an_own_script_is_told_word_for_word() -> None:
    pipeline = EmbeddedOnly()
    text = "The lamp went out. Mara took the stairs. Nobody was there, and she laughed."
    (story,) = tell_in_every_locale(
        brief(script=text, theme="own script"), target_words=120, pipeline=pipeline
    )
    assert story.text == text
    assert story.written_by == "script"
    assert story.title == "The lamp went out"
    assert pipeline.requests == []


def test_a_second_language_without_a_translator_is_refused_with_the_remedy() -> None:
    with pytest.raises(BadInput, match="no writer here can translate") as caught:
        tell_in_every_locale(brief(locales=("en", "de")), target_words=120, pipeline=EmbeddedOnly())
    assert "OPENAI_API_KEY or ANTHROPIC_API_KEY" in caught.value.remedy


def test_a_translation_keeps_the_pictures_of_the_original() -> None:
    original, other = tell_in_every_locale(
        brief(locales=("en", "de")), target_words=120, pipeline=EmbeddedOnly(translator=True)
    )
    assert other.locale == "de"
    assert [scene.text for scene in other.scenes] == [s.text.upper() for s in original.scenes]
    assert [scene.place for scene in other.scenes] == [scene.place for scene in original.scenes]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_sample_channels_stories_pass_their_checks(channel: str) -> None:
    settings = config(channel)
    assert len(settings.themes) >= 25
    for theme, genre in itertools.product(settings.themes[::3], settings.genres):
        request = brief(config=settings, theme=theme, genre=genre)
        draft = tell_story(theme, genre, target_words=120, seed=8)
        report = check_text(
            story_from_draft(draft, request, "en", written_by="plot-kernels"), request
        )
        assert report.problems == (), (theme, draft.title, report.problems)


def broken(text: str) -> tuple[str, ...]:
    story = told()
    spoiled = story.scenes[2].model_copy(update={"text": text})
    scenes = (*story.scenes[:2], spoiled, *story.scenes[3:])
    return check_text(story.model_copy(update={"scenes": scenes}), brief()).problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("She took the the lamp.", "doubled"),
        ("She took the {thing}.", "slot"),
        ("She took a apple.", "vowel"),
        ("She took it . Then she left.", "space before"),
        ("She left. then she came back.", "lower case"),
    ],
)
def test_the_checks_find_a_template_seam(text: str, problem: str) -> None:
    assert any(problem in found for found in broken(text)), broken(text)


def test_the_checks_find_a_story_of_the_wrong_length_or_subject() -> None:
    story = told()
    short = check_text(story.model_copy(update={"words": 30}), brief())
    assert any("s of speech instead of 45 s" in problem for problem in short.problems)
    other = check_text(story, brief(theme="seven purple submarines underneath Antarctica"))
    assert any("theme" in problem for problem in other.problems)


def test_a_thing_never_introduced_is_found() -> None:
    story = told()
    assert dangling_references("She picked up the violin and ran.", story) == ["violin"]
    assert dangling_references("A violin lay there. She picked up the violin.", story) == []


def test_reading_ease_follows_the_formula() -> None:
    assert flesch_reading_ease("The cat sat on the mat.") == pytest.approx(116.1, abs=0.5)


@pytest.mark.parametrize("channel", CHANNELS)
def test_metadata_is_within_every_platforms_limits(channel: str) -> None:
    settings = config(channel)
    for theme in settings.themes[:6]:
        request = brief(config=settings, theme=theme, genre=settings.genres[0])
        draft = tell_story(theme, settings.genres[0], target_words=120, seed=3)
        story = story_from_draft(draft, request, "en", written_by="plot-kernels")
        starts = [index * 5.5 for index in range(len(story.scenes))]
        entries = describe(request, story, scene_starts_s=starts, duration_s=5.5 * len(starts))
        assert {entry.platform for entry in entries} == set(Platform)
        for entry in entries:
            assert check_metadata(entry).problems == ()
            assert "AI" in entry.description
            assert draft.title in entry.title
            assert entry.hashtags[0] == settings.hashtags[0]


def test_long_words_in_any_script_still_fit() -> None:
    hook = "灯台守は毎晩不思議な音を聞いた。" * 400
    draft = StoryDraft.model_validate(
        tell_story("a fox", Genre.FANTASY, target_words=60, seed=1).model_dump()
        | {"title": "長い<題名>" * 60, "logline": "𝔸" * 3000}
    )
    scenes = (draft.scenes[0].model_copy(update={"text": hook}), *draft.scenes[1:])
    story = story_from_draft(
        draft.model_copy(update={"scenes": scenes}), brief(), "ja", written_by="script"
    )
    for entry in describe(brief(), story, duration_s=60):
        assert check_metadata(entry).problems == ()
        assert "AI" in entry.description


def test_chapters_appear_only_where_the_platform_shows_them() -> None:
    request = brief()
    story = story_from_draft(
        tell_story(request.theme, Genre.MYSTERY, target_words=300, seed=3),
        request,
        "en",
        written_by="x",
    )
    starts = [index * 7.0 for index in range(len(story.scenes))]
    long = {
        e.platform: e
        for e in describe(request, story, scene_starts_s=starts, duration_s=7.0 * len(starts))
    }
    chapters = long[Platform.YOUTUBE].chapters
    assert len(chapters) >= 3
    assert chapters[0][0] == 0
    assert f"0:00 {chapters[0][1]}" in long[Platform.YOUTUBE].description
    assert long[Platform.TIKTOK].chapters == ()
    assert check_metadata(long[Platform.SANDBOX]).problems == ()
    quick = describe(request, story, scene_starts_s=[s / 10 for s in starts], duration_s=25)
    assert {e.platform for e in quick if e.chapters} == {Platform.SANDBOX}
    assert all(limit.caption > 0 for limit in LIMITS.values())


def test_a_story_is_told_as_the_series_and_the_channels_past_ask() -> None:
    pipeline = EmbeddedOnly()
    context = SeriesContext(
        name="lamps", title="Lamps", world="a harbour town", episode=2,
        cast=(CastMember(name="Mara", kind="woman", noun="lighthouse keeper"),),
    )  # fmt: skip
    (story,) = tell_in_every_locale(
        brief(series="lamps", episode=2), target_words=120, pipeline=pipeline,
        series=context, avoid_kernels=["the-warning", "the-answer"], avoid_names=["Theo"],
    )  # fmt: skip
    asked = pipeline.requests[0]
    assert (asked.series, asked.avoid_names) == (context, ("Theo",))
    assert story.cast[0] == context.cast[0]
    assert story.kernel not in ("", "the-warning", "the-answer")


def titled(style: str, story: Story, **changes: object) -> str:
    settings = config()
    packaging = settings.packaging.model_copy(update={"title_style": style})
    request = brief(
        config=settings.model_copy(update={"packaging": packaging}),
        platforms=(Platform.SANDBOX,),
        **changes,
    )
    (entry,) = describe(request, story, duration_s=45)
    return entry.title


@pytest.mark.parametrize(
    ("title", "hook", "question"),
    [
        ("The Woman in the Green Coat", "Nobody saw her.", "Who Is the Woman in the Green Coat?"),
        ("The Radio That Fell Silent", "It was late.", "Why Did the Radio Fall Silent?"),
        ("What the Boy Hid", "It was late.", "Who Knows What the Boy Hid?"),
        ("The Night the Lamp Failed", "It was late.", "What Happened the Night the Lamp Failed?"),
        ("Two Cups", "It asked: is anybody there?", "Is Anybody There?"),
    ],
)
def test_a_question_title_asks_what_the_story_raises(title: str, hook: str, question: str) -> None:
    story = told()
    first = story.scenes[0].model_copy(update={"text": hook})
    asking = story.model_copy(update={"title": title, "scenes": (first, *story.scenes[1:])})
    assert titled("question", asking).startswith(question)


def test_title_styles_stay_within_limits_and_give_no_ending_away() -> None:
    for channel, style in itertools.product(CHANNELS, ("plain", "question", "promise")):
        settings = config(channel)
        packaging = settings.packaging.model_copy(update={"title_style": style})
        settings = settings.model_copy(update={"packaging": packaging})
        for seed, theme in enumerate(settings.themes[::3]):
            request = brief(config=settings, theme=theme, genre=settings.genres[0])
            draft = tell_story(theme, settings.genres[0], target_words=118, seed=seed)
            story = story_from_draft(draft, request, "en", written_by="plot-kernels")
            for entry in describe(request, story, duration_s=45):
                assert check_metadata(entry).problems == ()
                said = entry.title.partition(" | ")[0]
                if style == "promise" and said not in (draft.title,):
                    assert said in draft.logline
                if style == "question":
                    assert "?" in said or said == draft.title
                assert story.scenes[-1].text.rstrip(".") not in entry.title


def test_the_hook_stays_the_same_whatever_the_title_does() -> None:
    story = told()
    described = []
    for style in ("plain", "question"):
        settings = config()
        packaging = settings.packaging.model_copy(update={"title_style": style})
        request = brief(config=settings.model_copy(update={"packaging": packaging}))
        described.append([e.description for e in describe(request, story, duration_s=45)])
    assert described[0] == described[1]


def test_a_title_in_another_language_is_only_asked_where_the_story_asks() -> None:
    story = told().model_copy(update={"locale": "de", "title": "Die Tür", "logline": "Kurz."})
    assert titled("question", story) == "Die Tür"
    asks = story.scenes[0].model_copy(update={"text": "Es war Nacht. Wer steht vor der Tür?"})
    asking = story.model_copy(update={"scenes": (asks, *story.scenes[1:])})
    assert titled("question", asking).startswith("Wer steht vor der Tür?")


def test_a_story_without_media_is_described_from_its_words() -> None:
    story = told()
    entries = {e.platform: e for e in describe(brief(media=False), story)}
    sandbox = entries[Platform.SANDBOX]
    assert check_metadata(sandbox).problems == ()
    assert len(sandbox.chapters) >= 3
    assert sandbox.chapters[-1][0] < 45
    assert "Rehearsal" in sandbox.hashtags
    with pytest.raises(ValueError, match="no duration"):
        describe(brief(), story)


def test_scene_starts_are_estimated_by_counting_words() -> None:
    story = told()
    starts = estimate_scene_starts(story, 0.4)
    assert len(starts) == len(story.scenes)
    assert starts[0] == 0
    assert starts[1] == pytest.approx(0.4 * len(story.scenes[0].text.split()), abs=0.8)
    assert starts == sorted(starts)


def test_an_episode_says_which_one_it_is() -> None:
    settings = config().model_dump()
    settings["series"] = [
        {"name": "lamps", "title": "Lamps", "world": "a town",
         "cast": [{"name": "Mara", "kind": "woman", "noun": "keeper"}]}
    ]  # fmt: skip
    request = brief(config=settings, series="lamps", episode=3)
    entries = {e.platform: e for e in describe(request, told(), duration_s=45)}
    assert "Lamps, episode 3." in entries[Platform.SANDBOX].description


def test_telling_a_story_is_cheap() -> None:
    """Hundreds are told in a rehearsal: 30 ms of CPU each, once the plots are read."""
    themes = config("ember-wood").themes
    tell_story(themes[0], Genre.FANTASY, target_words=118, seed=0)
    before = time.process_time()
    for seed, theme in enumerate(themes):
        tell_story(theme, Genre.FANTASY, target_words=118, seed=seed)
    assert (time.process_time() - before) / len(themes) <= 0.03
