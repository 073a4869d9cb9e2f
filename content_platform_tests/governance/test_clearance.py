"""Nothing leaves the house without a clearance of exactly these bytes and words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from content_platform.governance.clearance import (
    Case,
    NotCleared,
    clear,
    clear_story,
    holds,
    metadata_sha256,
    overtaken_by_policy,
    policy_in_force,
    require_clearance,
    words_to_review,
)
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.imagery.models import FocalPoint, SceneImage
from content_platform.moderation.media import pictures_subject
from content_platform.moderation.models import Decision, ReviewStatus
from content_platform.moderation.rules import policy_version
from content_platform.moderation.text import text_subject
from content_platform.narration.models import Narration
from content_platform.steering.configs import read_channel_config
from content_platform.steering.models import ConfigVersion
from content_platform.storage.models import MediaRef
from content_platform.storage.tables import clearances, uploads
from content_platform.stories.models import PublishMetadata, StoryStatus
from content_platform.video.models import Video
from content_platform.vocabulary import Format, Platform
from content_platform_tests.moderation.cases import (
    CRUEL,
    NOW,
    Desk,
    a_brief,
    a_review,
    a_story,
    a_verdict,
    sha,
)

STORY_ID = "midnight-tales_20261122_0001"


def ref(name: str, mime: str = "video/mp4") -> MediaRef:
    return MediaRef(sha256=sha(name), size_bytes=1, mime=mime)


def proof(component: str, media: str = "", **fields: Any) -> LicenceEvidence:
    return LicenceEvidence.model_validate(
        {
            "story_id": STORY_ID,
            "component": component,
            "provider": "engine",
            "vendor": "tests",
            "model": "engine 1",
            "licence": "MIT",
            "terms_url": "",
            "commercial_use": True,
            "media_sha256": (sha(media),) if media else (),
            "call_key": "key",
        }
        | fields
    )


@pytest.fixture(scope="module")
def case() -> Case:
    """A story with media that has everything it needs, on two platforms."""
    sample = files("content_platform.steering.channels").joinpath("midnight-tales.yaml")
    config = read_channel_config(sample.read_text("utf-8"), name="sample")
    version = ConfigVersion(
        channel=config.channel, version=1, author="t", reason="t", config=config, created_at=NOW
    )
    story = a_story(STORY_ID)
    image = SceneImage(
        story_id=STORY_ID,
        format=Format.SQUARE,
        scene=0,
        picture=ref("picture", "image/png"),
        compressed={},
        focal_point=FocalPoint(x=0.5, y=0.5),
        alt_text="A lamp.",
        provider="illustrator",
    )
    narration = Narration(
        story_id=STORY_ID,
        locale="en",
        audio=ref("sound", "audio/flac"),
        compressed={},
        duration_s=3,
        voice="bm_george",
        provider="kokoro",
        words=(),
        spans=(),
        inputs_sha256="",
    )
    video = Video(
        story_id=STORY_ID,
        locale="en",
        format=Format.SQUARE,
        media=ref("video"),
        duration_s=3,
        frames=90,
        loudness_lufs=-14,
        true_peak_dbtp=-1,
        render_seconds=1,
        inputs_sha256="",
    )
    metadata = tuple(
        PublishMetadata(
            story_id=STORY_ID,
            locale="en",
            platform=platform,
            title="The Lamp",
            description="The lamp went out. Made with AI.",
            hashtags=("GhostStory",),
        )
        for platform in (Platform.SANDBOX, Platform.YOUTUBE)
    )
    return Case(
        brief=a_brief(STORY_ID, version),
        stories=(story,),
        images=(image,),
        narrations=(narration,),
        videos=(video,),
        metadata=metadata,
        verdicts=(
            a_verdict(STORY_ID, Decision.ALLOW, subject_sha256=text_subject(story)),
            a_verdict(STORY_ID, Decision.ALLOW, subject="audio", subject_sha256=sha("sound")),
            a_verdict(
                STORY_ID,
                Decision.ALLOW,
                subject="pictures",
                subject_sha256=pictures_subject((image,)),
            ),
        ),
        reviews=(),
        evidence=(
            proof("text:en"),
            proof("narration:en"),
            proof("picture:0", "picture"),
            proof("music:en", "music"),
        ),
    )


def decide(case: Case, platform: Platform = Platform.YOUTUBE, **policies: str) -> Clearance:
    policies = {"policy_version": "p1", "verdict_policy": policy_version()} | policies
    return clear(case, platform, "en", now=NOW, **policies)


def changed(case: Case, **fields: Any) -> Case:
    return dataclasses.replace(case, **fields)


def test_a_story_with_everything_is_cleared_for_each_platform(case: Case) -> None:
    found = clear_story(case, now=NOW)
    assert [(c.platform, c.decision, c.reasons) for c in found] == [
        (Platform.SANDBOX, Decision.ALLOW, ()),
        (Platform.YOUTUBE, Decision.ALLOW, ()),
    ]
    assert found[0].decided_by == "policy"
    assert found[0].video_sha256 == (sha("video"),)
    assert found[0].policy_version == policy_in_force()


Change = Callable[[Case], Case]


def story_changed(case: Case) -> Case:
    return changed(case, stories=(a_story(STORY_ID, "The lamp went on."),))


def picture_changed(case: Case) -> Case:
    other = case.images[0].model_copy(update={"picture": ref("other")})
    return changed(case, images=(other,))


def sound_changed(case: Case) -> Case:
    other = case.narrations[0].model_copy(update={"audio": ref("other")})
    return changed(case, narrations=(other,))


def evidence_without(component: str) -> Change:
    def change(case: Case) -> Case:
        return changed(
            case, evidence=tuple(part for part in case.evidence if part.component != component)
        )

    return change


def evidence_with(part: LicenceEvidence) -> Change:
    def change(case: Case) -> Case:
        kept = [each for each in case.evidence if each.component != part.component]
        return changed(case, evidence=(*kept, part))

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (story_changed, "text (en): there is no verdict on it as it is now"),
        (picture_changed, "pictures (en): there is no verdict on it as it is now"),
        (sound_changed, "audio (en): there is no verdict on it as it is now"),
        (lambda case: changed(case, verdicts=()), "text (en): there is no verdict"),
        (lambda case: changed(case, videos=()), "there is no video in en"),
        (lambda case: changed(case, metadata=()), "there are no words to publish"),
        (evidence_without("text:en"), "text:en: nothing proves under which terms"),
        (evidence_without("narration:en"), "narration:en: nothing proves under which terms"),
        (evidence_without("picture:0"), "picture:0: nothing proves under which terms"),
        (
            evidence_with(proof("picture:0", "another picture")),
            "picture:0: nothing proves under which terms",
        ),
        (
            evidence_with(proof("music:en", provider="", licence="", commercial_use=False)),
            "music:en: nothing proves under which terms",
        ),
        (
            evidence_with(proof("music:en", licence="CC-BY-NC-4.0", commercial_use=False)),
            "music:en: its licence 'CC-BY-NC-4.0' does not allow commercial use",
        ),
        (
            evidence_with(proof("music:en", attribution="Music: Ann, CC-BY-4.0")),
            "music:en: the description must say 'Music: Ann, CC-BY-4.0'",
        ),
    ],
)
def test_what_is_missing_or_stale_or_not_allowed_blocks(
    case: Case, change: Change, reason: str
) -> None:
    found = decide(change(case))
    assert found.decision is Decision.BLOCK
    assert any(each.startswith(reason) for each in found.reasons), found.reasons


def test_an_attribution_in_the_description_is_enough_even_with_its_link(case: Case) -> None:
    said = "Music: Ann, https://ann.org/song, CC-BY-4.0"
    entries = tuple(
        entry.model_copy(update={"description": f"{entry.description}\n{said}"})
        for entry in case.metadata
    )
    credited = changed(evidence_with(proof("music:en", attribution=said))(case), metadata=entries)
    assert decide(credited).decision is Decision.ALLOW


def test_a_rehearsal_is_cleared_for_the_sandbox_alone(case: Case) -> None:
    rehearsal = changed(
        case,
        brief=case.brief.model_copy(update={"media": False}),
        images=(),
        narrations=(),
        videos=(),
        verdicts=case.verdicts[:1],
        evidence=case.evidence[:1],
    )
    sandbox = decide(rehearsal, Platform.SANDBOX)
    assert (sandbox.decision, sandbox.video_sha256) == (Decision.ALLOW, ())
    assert "for the sandbox, not for youtube" in decide(rehearsal).reasons[0]


def test_an_approved_review_is_named_in_the_clearance(case: Case) -> None:
    text = case.verdicts[0].model_copy(update={"decision": Decision.REVIEW, "findings": (CRUEL,)})
    struck = changed(case, verdicts=(text, *case.verdicts[1:]))
    assert decide(struck).decision is Decision.REVIEW
    approved = changed(struck, reviews=(a_review(text, ReviewStatus.APPROVED),))
    cleared = decide(approved)
    assert (cleared.decision, cleared.decided_by) == (Decision.ALLOW, "ann")


def test_words_that_only_the_packaging_has_are_judged_too(case: Case) -> None:
    entry = case.metadata[1].model_copy(update={"description": "See www.lamps.shop for more."})
    asked = changed(case, metadata=(case.metadata[0], entry))
    assert decide(asked).decision is Decision.REVIEW
    (question,) = words_to_review(asked, now=NOW)
    assert (question.subject, question.subject_sha256) == ("clearance", metadata_sha256(entry))
    answered = question.model_copy(
        update={"status": ReviewStatus.APPROVED, "decided_by": "ann", "decided_at": NOW}
    )
    assert decide(changed(asked, reviews=(answered,))).decided_by == "ann"
    refused = answered.model_copy(update={"status": ReviewStatus.REJECTED, "note": "no adverts"})
    found = decide(changed(asked, reviews=(refused,)))
    assert (found.decision, found.reasons) == (
        Decision.BLOCK,
        ("words for youtube (en) were rejected by ann: no adverts",),
    )
    assert words_to_review(case, now=NOW) == []


def test_verdicts_under_another_policy_block(case: Case) -> None:
    found = decide(case, verdict_policy="tomorrow")
    assert found.decision is Decision.BLOCK
    assert "needs a new verdict" in found.reasons[0]


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@settings(max_examples=60, deadline=None)
@given(title=WORDS, description=WORDS, hashtag=WORDS, chapter=WORDS)
def test_no_change_of_a_word_keeps_the_fingerprint(
    title: str, description: str, hashtag: str, chapter: str
) -> None:
    entry = PublishMetadata(
        story_id=STORY_ID,
        locale="en",
        platform=Platform.SANDBOX,
        title=title,
        description=description,
        hashtags=(hashtag,),
        chapters=((0.0, chapter),),
    )
    same = entry.model_copy(update={"platform": Platform.YOUTUBE})
    assert metadata_sha256(same) == metadata_sha256(entry)
    for change in (
        {"title": title + "."},
        {"description": description + " "},
        {"hashtags": (hashtag, "x")},
        {"hashtags": ()},
        {"chapters": ((1.0, chapter),)},
        {"title": description, "description": title} if title != description else {"title": "…!"},
    ):
        assert metadata_sha256(entry.model_copy(update=change)) != metadata_sha256(entry)


def test_a_clearance_holds_for_its_videos_words_and_policy_only(case: Case) -> None:
    cleared = decide(case)
    good = {
        "video_sha256": sha("video"),
        "metadata_sha256": metadata_sha256(case.metadata[1]),
        "policy_version": "p1",
    }
    assert holds(cleared, **good) is None
    assert "not one of the videos" in str(holds(cleared, **good | {"video_sha256": sha("x")}))
    assert "not without" in str(holds(cleared, **good | {"video_sha256": None}))
    assert "changed after it was cleared" in str(
        holds(cleared, **good | {"metadata_sha256": sha("x")})
    )
    assert "in force is p2" in str(holds(cleared, **good | {"policy_version": "p2"}))
    refused = decide(changed(case, videos=()))
    assert "there is no video in en" in str(holds(refused, **good))


def saved(desk: Desk, case: Case) -> tuple[Clearance, dict[str, Any]]:
    row = desk.story(StoryStatus.FINISHED, Decision.ALLOW)
    assert row.story_id == STORY_ID
    cleared = decide(case, Platform.SANDBOX)
    desk.records.put(cleared)
    return cleared, {
        "video_sha256": sha("video"),
        "metadata_sha256": cleared.metadata_sha256,
        "policy_version": "p1",
    }


def test_an_upload_needs_the_clearance_inside_its_own_transaction(desk: Desk, case: Case) -> None:
    cleared, good = saved(desk, case)
    with desk.database.transaction() as connection:
        found = require_clearance(connection, STORY_ID, Platform.SANDBOX, "en", **good)
        assert found == cleared
        for platform, locale, change in (
            (Platform.YOUTUBE, "en", {}),
            (Platform.SANDBOX, "de", {}),
            (Platform.SANDBOX, "en", {"video_sha256": sha("x")}),
            (Platform.SANDBOX, "en", {"policy_version": "p2"}),
        ):
            with pytest.raises(NotCleared, match=f"may not be published on {platform} in"):
                require_clearance(connection, STORY_ID, platform, locale, **good | change)


def test_a_clearance_cannot_be_taken_back_while_an_upload_relies_on_it(
    desk: Desk, case: Case
) -> None:
    cleared, good = saved(desk, case)
    blocked = cleared.model_copy(update={"decision": Decision.BLOCK, "reasons": ("stop",)})
    grab = select(clearances.c.decision).with_for_update(nowait=True, key_share=True)
    with desk.database.transaction() as connection:
        require_clearance(connection, STORY_ID, Platform.SANDBOX, "en", **good)
        with (
            pytest.raises(DBAPIError, match="could not obtain lock"),
            desk.database.engine.begin() as other,
        ):
            other.execute(grab)
    desk.records.put(blocked)
    with desk.database.transaction() as connection, pytest.raises(NotCleared, match="stop"):
        require_clearance(connection, STORY_ID, Platform.SANDBOX, "en", **good)


def test_uploads_of_another_policy_are_found_to_be_cleared_again(desk: Desk, case: Case) -> None:
    cleared, _ = saved(desk, case)
    with desk.database.transaction() as connection:
        connection.execute(
            insert(uploads).values(
                story_id=STORY_ID,
                platform="sandbox",
                locale="en",
                format="1x1",
                channel="midnight-tales",
                account="a",
                state="deferred",
                metadata_sha256=cleared.metadata_sha256,
                idempotency_key="k",
                attempts=0,
                error="",
                planned_at=NOW,
                updated_at=NOW,
            )
        )
    assert overtaken_by_policy(desk.database, policy_version="p1") == []
    assert overtaken_by_policy(desk.database, policy_version="p2") == [STORY_ID]
