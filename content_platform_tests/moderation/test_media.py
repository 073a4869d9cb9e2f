"""Pictures are looked at and sound is listened to before anything is rendered."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image
from pydantic import BaseModel

from content_platform.errors import NoProviderLeft
from content_platform.imagery.models import FocalPoint, SceneImage
from content_platform.moderation.adapters.house_rules import HouseRulesModerator
from content_platform.moderation.adapters.picture_safety import PictureSafety
from content_platform.moderation.media import judge_audio, judge_pictures
from content_platform.moderation.models import Decision, ModeratePictureRequest, Verdict
from content_platform.moderation.rules import policy_version
from content_platform.narration.models import Narration, Transcript
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.vocabulary import Format
from content_platform_tests.moderation.cases import a_story

STORY_ID = "midnight-tales_20261122_0001"
Pipelines = Callable[..., Pipeline]

# Smooth skin-coloured stones on grass: nothing indecent, but what the network goes by. Centre and
# radii as shares of the width, angle, colour, softness.
STONES = (
    (0.35, 0.44, 0.34, 0.18, 98, (240, 184, 153), 3),
    (0.53, 0.36, 0.35, 0.12, 77, (231, 177, 130), 5),
    (0.26, 0.31, 0.31, 0.13, 87, (202, 155, 128), 24),
    (0.46, 0.57, 0.34, 0.30, 65, (220, 169, 140), 12),
    (0.60, 0.72, 0.26, 0.37, 7, (182, 139, 116), 14),
    (0.15, 0.61, 0.35, 0.25, 46, (205, 158, 131), 21),
    (0.60, 0.39, 0.31, 0.04, 80, (230, 176, 146), 11),
    (0.74, 0.25, 0.06, 0.35, 155, (187, 143, 119), 22),
    (0.74, 0.87, 0.09, 0.21, 161, (218, 167, 139), 12),
    (0.78, 0.20, 0.30, 0.10, 70, (194, 149, 124), 8),
    (0.41, 0.88, 0.26, 0.29, 93, (232, 178, 148), 9),
)


def stones(size: int = 256) -> Image.Image:
    picture = np.zeros((size, size, 3), np.float32) + np.array((102, 215, 91), np.float32)
    for x, y, wide, high, angle, colour, softness in STONES:
        shape = np.zeros((size, size), np.float32)
        centre, radii = (int(x * size), int(y * size)), (int(wide * size), int(high * size))
        cv2.ellipse(shape, centre, radii, angle, 0, 360, 1.0, -1)
        height = cv2.GaussianBlur(shape, (0, 0), softness) * 80
        down, right = np.gradient(height)
        light = (0.85 - 0.4 * right + 0.5 * down) / np.sqrt(1 + right**2 + down**2)
        lit = np.array(colour, np.float32) * np.clip(light, 0.2, 1.2)[..., None]
        edge = cv2.GaussianBlur(shape, (0, 0), 1.2)[..., None]
        picture = picture * (1 - edge) + lit * edge
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def landscape(size: int = 256, hue: int = 0) -> Image.Image:
    rows = np.linspace(0, 1, size)[:, None, None]
    sky = np.array((40 + hue, 60, 120)) * (1 - rows) + np.array((240, 180, 110)) * rows
    picture = np.repeat(sky, size, axis=1).astype(np.uint8)
    cv2.circle(picture, (size // 2, size // 3), size // 8, (255, 240, 200), -1)
    hills = [(0, size), (0, 190), (70, 150), (140, 200), (200, 160), (size, 180), (size, size)]
    cv2.fillPoly(picture, [np.array(hills)], (30, 50, 60))
    return Image.fromarray(picture)


@pytest.fixture
def hang(media: LocalMediaStore, tmp_path: Path) -> Callable[..., SceneImage]:
    """Put a picture into the media store as a scene's image."""

    def hang(
        picture: Image.Image,
        scene: int = 0,
        shape: Format = Format.SQUARE,
        alt: str = "A lighthouse at night.",
    ) -> SceneImage:
        path = tmp_path / f"{scene}-{shape}.png"
        picture.save(path)
        return SceneImage(
            story_id=STORY_ID,
            format=shape,
            scene=scene,
            picture=media.put_file(path, "image/png"),
            compressed={},
            focal_point=FocalPoint(x=0.5, y=0.5),
            alt_text=alt,
            provider="illustrator",
        )

    return hang


@pytest.fixture
def moderated(pipeline_with: Pipelines, media: LocalMediaStore) -> Pipeline:
    return pipeline_with(HouseRulesModerator(), PictureSafety(media))


def look(images: list[SceneImage], pipeline: Pipeline, audience: str = "general") -> Verdict:
    (verdict,) = judge_pictures(images, "en", audience, pipeline)
    return verdict


def test_a_landscape_passes_and_what_looks_like_skin_does_not(
    hang: Callable[..., SceneImage], moderated: Pipeline
) -> None:
    good, bad = hang(landscape(), 0), hang(stones(), 1)
    allowed = look([good], moderated, "kids")
    assert (allowed.decision, allowed.findings) == (Decision.ALLOW, ())
    assert allowed.provider == "house-rules, open-nsfw"
    blocked = look([good, bad], moderated)
    assert blocked.decision is Decision.BLOCK
    (finding,) = blocked.findings
    assert (finding.category, finding.rule) == ("sexual", "looks sexual")
    assert finding.score > 0.9
    assert finding.evidence.startswith("scene 1: 9")
    assert look([bad], moderated, "adults").decision is Decision.REVIEW


def test_the_words_of_a_picture_are_judged_with_it(
    hang: Callable[..., SceneImage], moderated: Pipeline
) -> None:
    verdict = look([hang(landscape(), alt="A sign: visit www.lamps.shop today")], moderated)
    assert verdict.decision is Decision.REVIEW
    assert verdict.findings[0].rule == "web address"


def test_the_verdict_is_bound_to_every_picture_in_every_format(
    hang: Callable[..., SceneImage], moderated: Pipeline
) -> None:
    images = [hang(landscape(), 0), hang(landscape(hue=9), 0, Format.PORTRAIT)]
    whole = look(images, moderated).subject_sha256
    assert look(images[::-1], moderated).subject_sha256 == whole
    assert look(images[:1], moderated).subject_sha256 != whole
    changed = [images[0], hang(landscape(hue=10), 0, Format.PORTRAIT)]
    assert look(changed, moderated).subject_sha256 != whole
    renamed = [images[0].model_copy(update={"alt_text": "A lamp."}), images[1]]
    assert look(renamed, moderated).subject_sha256 != whole


def test_one_format_of_a_scene_is_looked_at_and_only_once(
    hang: Callable[..., SceneImage], moderated: Pipeline
) -> None:
    images = [hang(landscape(hue=scene), scene, shape) for shape in Format for scene in range(3)]
    look(images, moderated)
    assert len(moderated.calls(STORY_ID)) == 4
    look(images, moderated)
    assert len(moderated.calls(STORY_ID)) == 4


def test_looking_takes_little_time(tmp_path: Path, media: LocalMediaStore) -> None:
    path = tmp_path / "large.png"
    landscape(1242).resize((2208, 1242)).save(path)
    judge = PictureSafety(media)
    judge.score(path)
    begin = time.process_time()
    judge.score(path)
    assert time.process_time() - begin < 0.4  # measured 0.1 on a quiet machine


def test_a_story_without_media_has_nothing_to_look_at(moderated: Pipeline) -> None:
    assert judge_pictures([], "en", "general", moderated) == []
    assert judge_audio([], [a_story(STORY_ID)], "general", moderated) == []


def test_a_judge_of_another_policy_or_a_broken_picture_gives_no_verdict(
    media: LocalMediaStore, pipeline_with: Pipelines
) -> None:
    judge = PictureSafety(media)
    broken = media.put_bytes(b"no picture", "image/png")
    asked = ModeratePictureRequest(
        picture=broken, alt_text="", audience="general", policy_version=policy_version()
    )
    assert judge.refusal(asked) is None
    other = asked.model_copy(update={"policy_version": "other"})
    assert "other is not in force" in str(judge.refusal(other))
    assert "no thresholds" in str(judge.refusal(asked.model_copy(update={"audience": "cats"})))
    with pytest.raises(NoProviderLeft, match="cannot be read as a picture"):
        pipeline_with(judge).run(asked, story_id=STORY_ID)


class Ear:
    """A listener that hears what it is told to."""

    info = ProviderInfo(
        name="ear",
        vendor="tests",
        model="ear",
        model_version="1",
        capability=Capability.TRANSCRIBE,
        licence="MIT",
    )

    def __init__(self, text: str) -> None:
        self.text = text

    def refusal(self, request: CallRequest[BaseModel]) -> None:
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        return Produced(Transcript(text=self.text, language="en"))


def spoken(content: str) -> Narration:
    return Narration(
        story_id=STORY_ID,
        locale="en",
        audio=MediaRef(sha256=content * 64, size_bytes=1, mime="audio/flac"),
        compressed={},
        duration_s=3,
        voice="bm_george",
        provider="kokoro",
        words=(),
        spans=(),
        inputs_sha256="",
    )


LINES = yaml.safe_load(
    files("content_platform_tests.moderation").joinpath("lines.yaml").read_text("utf-8")
)
CRUEL = " ".join(LINES["bad"]["self-harm"])


def hear(text: str, written: str, pipeline_with: Pipelines) -> Verdict:
    pipeline = pipeline_with(HouseRulesModerator(), Ear(text))
    (verdict,) = judge_audio([spoken("a")], [a_story(STORY_ID, written)], "general", pipeline)
    return verdict


def test_what_is_heard_is_judged_and_bound_to_the_sound(pipeline_with: Pipelines) -> None:
    verdict = hear("The lamp went out.", "The lamp went out.", pipeline_with)
    assert (verdict.decision, verdict.subject) == (Decision.ALLOW, "audio")
    assert (verdict.subject_sha256, verdict.provider) == ("a" * 64, "ear, house-rules")


def test_what_only_the_listener_heard_is_for_a_person_to_decide(pipeline_with: Pipelines) -> None:
    verdict = hear(CRUEL, "The lamp went out.", pipeline_with)
    assert verdict.decision is Decision.REVIEW
    assert verdict.findings


def test_what_is_heard_and_written_is_blocked(pipeline_with: Pipelines) -> None:
    assert hear(CRUEL, CRUEL, pipeline_with).decision is Decision.BLOCK


def test_the_transcript_of_the_speech_check_is_used_again(pipeline_with: Pipelines) -> None:
    hear("The lamp went out.", "The lamp went out.", pipeline_with)
    assert hear(CRUEL, "The lamp went out.", pipeline_with).decision is Decision.ALLOW
