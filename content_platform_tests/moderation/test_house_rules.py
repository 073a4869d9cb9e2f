"""The house rules let stories be stories, and catch what must not be narrated."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from content_platform.moderation.adapters.house_rules import HouseRulesModerator
from content_platform.moderation.models import (
    Decision,
    Finding,
    Judgement,
    ModerateTextRequest,
    Verdict,
)
from content_platform.moderation.rules import house_rules, policy_version, readings
from content_platform.moderation.text import judge_text
from content_platform.providers.models import CallContext
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import Story, StoryRequest, StoryRow
from content_platform.stories.register import StoryRegister

LINES = yaml.safe_load(
    files("content_platform_tests.moderation").joinpath("lines.yaml").read_text("utf-8")
)
ALLOWED: list[str] = LINES["allowed"]
BAD: list[tuple[str, str]] = [(c, line) for c, lines in LINES["bad"].items() for line in lines]
MODERATOR = HouseRulesModerator()


def judge(text: str, audience: str = "general", locale: str = "en") -> Judgement:
    request = ModerateTextRequest(
        text=text, locale=locale, audience=audience, policy_version=policy_version()
    )
    context = CallContext("key", Path(), datetime(2026, 11, 22, tzinfo=UTC), 0)
    assert MODERATOR.refusal(request) is None
    return cast(Judgement, MODERATOR.call(request, context).output)


def categories(judgement: Judgement) -> set[str]:
    return {finding.category for finding in judgement.findings}


def test_the_sample_is_large_and_covers_every_category() -> None:
    assert len(ALLOWED) >= 100
    assert len(BAD) >= 95
    wanted = set(Finding.model_fields["category"].annotation.__args__)  # type: ignore[union-attr]
    assert {category for category, _ in BAD} == wanted
    assert all(sum(c == category for c, _ in BAD) >= 8 for category in wanted)


def test_precision_and_recall_on_the_sample() -> None:
    wrongly_stopped = [line for line in ALLOWED if judge(line).decision is not Decision.ALLOW]
    judged = [(category, line, judge(line)) for category, line in BAD]
    missed = [line for _, line, said in judged if said.decision is Decision.ALLOW]
    misnamed = [line for category, line, said in judged if category not in categories(said)]
    stopped = len(BAD) - len(missed)
    precision = stopped / (stopped + len(wrongly_stopped))
    recall = stopped / len(BAD)
    assert precision >= 0.98, wrongly_stopped
    assert recall >= 0.98, missed
    assert len(misnamed) <= 2, misnamed


def test_what_can_never_be_narrated_is_blocked_for_every_audience() -> None:
    for category in ("minors",):
        for line in LINES["bad"][category]:
            assert {judge(line, audience).decision for audience in house_rules().audiences} == {
                Decision.BLOCK
            }, line


@pytest.mark.parametrize(
    ("line", "kids", "general", "adults"),
    [
        ("The lamp went out, and the fox ran home.", "allow", "allow", "allow"),
        ("Damn it, the tide is turning.", "review", "allow", "allow"),
        ("Inspector Vale looked at the bloody knife.", "review", "allow", "allow"),
        ("You lying bastard, said the miller.", "block", "review", "allow"),
        ("What the fuck are you doing?", "block", "block", "allow"),
        ("Call Anna at +49 151 2345 6789.", "review", "review", "review"),
    ],
)
def test_a_younger_audience_is_judged_more_strictly(
    line: str, kids: str, general: str, adults: str
) -> None:
    said = [judge(line, audience).decision for audience in ("kids", "general", "adults")]
    assert said == [kids, general, adults]


def test_stricter_audiences_never_allow_what_laxer_ones_stop() -> None:
    rank = {Decision.ALLOW: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}
    for line in [*ALLOWED, *(line for _, line in BAD)]:
        order = [rank[judge(line, who).decision] for who in ("kids", "teens", "general", "adults")]
        assert order == sorted(order, reverse=True), line


@pytest.mark.parametrize(
    "disguise",
    [
        "f*ck", "f.u.c.k", "f u c k", "fuuuuck", "fück", "FUCK", "fu\u200bck", "phuck", "ｆｕｃｋ",
    ],
)  # fmt: skip
def test_a_disguised_word_is_recognised(disguise: str) -> None:
    assert "profanity" in categories(judge(f"Oh {disguise} this lamp."))


@pytest.mark.parametrize(
    "disguise",
    [
        "k1ll yourself",
        "K I L L  Y O U R S E L F",
        "kíll yoursélf",
        "kіll yоursеlf",
        "kiiiill yourself",
    ],
)
def test_a_disguised_sentence_is_recognised(disguise: str) -> None:
    assert judge(f"Just {disguise}, he wrote.").decision is Decision.BLOCK


def test_evidence_quotes_the_text_as_written_with_a_little_context() -> None:
    text = (
        "It was a quiet evening in Zoë’s village. " * 3
        + "Just K1LL  yöurself, he wrote. "
        + "Rain fell. " * 9
    )
    finding = judge(text).findings[0]
    assert finding.rule == "urging self-harm"
    assert "K1LL yöurself" in finding.evidence
    assert finding.evidence.startswith("… ")
    assert finding.evidence.endswith(" …")
    assert len(finding.evidence) < 120


@given(st.text(max_size=80))
def test_any_text_can_be_read_and_leads_back_to_its_characters(text: str) -> None:
    for reading in readings(text):
        assert len(reading.text) == len(reading.origin)
        assert list(reading.origin) == sorted(reading.origin)
        assert all(0 <= index < len(text) for index in reading.origin)


@given(st.text("abcdefgh .,@$*!0134é\n", max_size=60), st.sampled_from(["kids", "adults"]))
def test_any_text_gets_a_decision(text: str, audience: str) -> None:
    assert judge(text, audience).decision in Decision


def luhn_digit(digits: str) -> str:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - index % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


@given(st.text("0123456789", min_size=14, max_size=14), st.sampled_from(["", " ", "-"]))
def test_a_payment_card_is_told_from_other_long_numbers_by_its_check_digit(
    digits: str, separator: str
) -> None:
    body = "4" + digits
    right = luhn_digit(body)
    for last in "0123456789":
        number = separator.join(re.findall(".{4}", body + last))
        rules = {finding.rule for finding in house_rules().findings(f"It said {number} there.")}
        assert ("payment card" in rules) == (last == right)


def test_other_languages_know_swearing_and_leave_the_decision_to_a_person() -> None:
    german = judge("Du verdammtes Arschloch, fick dich.", locale="de")
    assert german.decision is Decision.REVIEW
    assert categories(german) == {"profanity"}
    assert judge("Der Leuchtturmwärter starb im Sturm.", locale="de").decision is Decision.ALLOW


def test_what_it_cannot_judge_is_refused_with_the_reason() -> None:
    unknown = ModerateTextRequest(
        text="Pozdrav.", locale="hr", audience="general", policy_version=policy_version()
    )
    assert "locale 'hr'" in str(MODERATOR.refusal(unknown))
    nobody = ModerateTextRequest(
        text="Hello.", locale="en", audience="cats", policy_version=policy_version()
    )
    assert "kids, teens, general, adults" in str(MODERATOR.refusal(nobody))


def test_a_long_story_is_judged_quickly() -> None:
    text = " ".join(ALLOWED * 3)[:12_000]  # about 2,000 words, the longest script there can be
    judge("warm up")
    begin = time.process_time()
    judge(text)
    assert time.process_time() - begin < 3


def test_a_verdict_is_reached_through_the_pipeline_and_kept(
    pipeline_with: Callable[..., Pipeline], records: RecordStore, a_story: StoryRow
) -> None:
    pipeline = pipeline_with(HouseRulesModerator())
    story = Story(
        story_id=a_story.story_id,
        locale="en",
        title="The Lamp",
        logline="A keeper and his lamp.",
        genre="mystery",
        theme="a lamp",
        cast=(),
        scenes=(SCENE | {"text": "The keeper died in the storm."},),
        words=6,
        written_by="script",
    )
    verdict = judge_text(story, "general", pipeline)
    assert (verdict.decision, verdict.provider) == (Decision.ALLOW, "house-rules")
    records.replace(Verdict, story.story_id, [verdict])
    assert records.load(Verdict, story.story_id) == [verdict]

    spam = story.model_copy(update={"title": "Click here to buy cheap viagra"})
    assert judge_text(spam, "general", pipeline).decision is Decision.REVIEW


SCENE = {
    "index": 0,
    "place": "lighthouse",
    "time_of_day": "night",
    "weather": "storm",
    "mood": "tense",
    "shot": "medium",
    "beat": "hook",
}


@pytest.fixture
def a_story(database: Database) -> StoryRow:
    """A registered story."""
    register = StoryRegister(database, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    return register.register(StoryRequest(channel="midnight-tales", seed=1))
