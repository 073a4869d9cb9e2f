"""What verdicts and reviews come to: the strictest wins, people decide only what is theirs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.moderation.models import Decision, Review, ReviewStatus, Verdict
from content_platform.moderation.outcome import outcome
from content_platform_tests.moderation.cases import CRUEL, SPAM, a_review, a_verdict, sha

POLICY = "today"
ORDER = [Decision.ALLOW, Decision.REVIEW, Decision.BLOCK]
CONTENT = st.sampled_from([sha("first"), sha("second")])
FINDINGS = st.lists(st.sampled_from([SPAM, CRUEL]), unique=True).map(tuple)
VERDICTS = st.builds(
    lambda decision, subject, locale, content, policy, findings: a_verdict(
        "midnight-tales_20261122_0001",
        decision,
        subject=subject,
        locale=locale,
        subject_sha256=content,
        policy_version=policy,
        findings=findings,
    ),
    st.sampled_from(ORDER),
    st.sampled_from(["text", "pictures", "audio"]),
    st.sampled_from(["en", "de"]),
    CONTENT,
    st.sampled_from([POLICY, POLICY, POLICY, "yesterday"]),
    FINDINGS,
)


def _reviews(of: list[Verdict]) -> st.SearchStrategy[list[Review]]:
    """At most one review of each subject's content, as the database has it."""
    one = st.builds(
        lambda verdict, status, findings: a_review(verdict, status, findings=findings),
        st.sampled_from(of),
        st.sampled_from(ReviewStatus),
        FINDINGS,
    )
    return st.lists(one, max_size=6, unique_by=lambda r: (r.locale, r.subject, r.subject_sha256))


CASES = st.lists(
    VERDICTS, min_size=1, max_size=6, unique_by=lambda v: (v.locale, v.subject)
).flatmap(lambda verdicts: st.tuples(st.just(verdicts), _reviews(verdicts)))


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_the_whole_is_as_strict_as_its_strictest_part(
    case: tuple[list[Verdict], list[Review]],
) -> None:
    verdicts, reviews = case
    whole = outcome(verdicts, reviews, policy_version=POLICY)
    parts = [outcome([verdict], reviews, policy_version=POLICY) for verdict in verdicts]
    assert whole.decision is max((part.decision for part in parts), key=ORDER.index)
    assert whole.outdated == any(part.outdated for part in parts)
    assert bool(whole.reasons) == (whole.decision is not Decision.ALLOW)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_only_an_approval_of_the_very_content_and_rules_softens_a_verdict(
    case: tuple[list[Verdict], list[Review]],
) -> None:
    verdicts, reviews = case
    for verdict in verdicts:
        found = outcome([verdict], reviews, policy_version=POLICY)
        if ORDER.index(found.decision) >= ORDER.index(verdict.decision):
            assert found.approved_by == ()
            continue
        assert (verdict.decision, found.decision) == (Decision.REVIEW, Decision.ALLOW)
        (approval,) = [
            review
            for review in reviews
            if (review.subject, review.locale) == (verdict.subject, verdict.locale)
            and review.subject_sha256 == verdict.subject_sha256
        ]
        assert approval.status is ReviewStatus.APPROVED
        assert {f.rule for f in verdict.findings} <= {f.rule for f in approval.findings}
        assert found.approved_by == ("ann",)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_a_rejection_blocks_whatever_the_rules_say(
    case: tuple[list[Verdict], list[Review]],
) -> None:
    verdicts, _ = case
    rejected = [a_review(verdicts[0], ReviewStatus.REJECTED, note="not for us")]
    found = outcome(verdicts, rejected, policy_version=POLICY)
    assert found.decision is Decision.BLOCK
    assert "rejected by ann: not for us" in found.reasons[0]


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_nothing_is_allowed_that_was_judged_under_another_policy(
    case: tuple[list[Verdict], list[Review]],
) -> None:
    verdicts, reviews = case
    found = outcome(verdicts, reviews, policy_version="tomorrow")
    assert found.decision is Decision.BLOCK


def test_a_person_cannot_approve_what_rules_block() -> None:
    blocked = a_verdict(decision=Decision.BLOCK, policy_version=POLICY)
    approved = a_review(blocked, ReviewStatus.APPROVED)
    assert outcome([blocked], [approved], policy_version=POLICY).decision is Decision.BLOCK


def test_an_approval_does_not_cover_a_rule_that_strikes_later() -> None:
    struck = a_verdict(decision=Decision.REVIEW, policy_version=POLICY)
    approved = a_review(struck, ReviewStatus.APPROVED)
    assert outcome([struck], [approved], policy_version=POLICY).decision is Decision.ALLOW
    more = struck.model_copy(update={"findings": (SPAM, CRUEL)})
    assert outcome([more], [approved], policy_version=POLICY).decision is Decision.REVIEW


def test_reasons_name_part_rule_and_words() -> None:
    found = outcome(
        [a_verdict(decision=Decision.BLOCK, policy_version=POLICY, findings=(SPAM, CRUEL))],
        [],
        policy_version=POLICY,
    )
    assert found.reasons == (
        "text (en): violence (cruelty): … and laughed …; spam (web address): … see lamps.shop …",
    )


def test_without_verdicts_there_is_nothing_to_hold_it_back() -> None:
    assert outcome([], [], policy_version=POLICY).decision is Decision.ALLOW
