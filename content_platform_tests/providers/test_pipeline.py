"""The provider pipeline, on a real database and media store, with small real providers."""

from __future__ import annotations

import json
import os
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from content_platform.errors import BadInput, DefectiveMedia, NoProviderLeft, StorageUnavailable
from content_platform.providers.models import (
    CallContext,
    Capability,
    Repeatability,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline, call_key
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.storage.tables import (
    cost_entries,
    evidence,
    media_assets,
    provider_attempts,
    provider_calls,
)
from content_platform_tests.providers.sample_provider import Sketch, Sketcher, SketchRequest

Make = Callable[..., Pipeline]
STORY = "midnight-tales_20261122_0001"
LIGHTHOUSE = SketchRequest(subject="a lighthouse")


def fails(*errors: BaseException | None) -> Callable[[SketchRequest, CallContext], None]:
    """A deed that raises these errors, one at each call, and then no more."""
    left = list(errors)

    def deed(request: SketchRequest, context: CallContext) -> None:
        error = left.pop(0) if left else None
        if error is not None:
            raise error

    return deed


def attempts(database: Database) -> list[tuple[str, str]]:
    query = select(provider_attempts.c.provider, provider_attempts.c.status).order_by(
        provider_attempts.c.started_at, provider_attempts.c.number
    )
    with database.transaction() as transaction:
        return [tuple(row) for row in transaction.execute(query)]


def test_a_finished_call_is_never_made_again(pipeline_with: Make) -> None:
    sketcher = Sketcher(price="0.25")
    pipeline = pipeline_with(sketcher)
    first = pipeline.run(LIGHTHOUSE, story_id=STORY)
    second = pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert sketcher.asked == 1
    assert not first.reused
    assert second == first.model_copy(update={"reused": True})
    assert second.output == Sketch(caption="a lighthouse by sketcher", strokes=3)


def test_a_finished_call_is_found_whoever_is_preferred_now(pipeline_with: Make) -> None:
    pipeline_with(Sketcher()).run(LIGHTHOUSE, story_id=STORY)
    hosted = Sketcher("hosted", embedded=False)
    result = pipeline_with(hosted).run(LIGHTHOUSE, story_id=STORY, prefer=["hosted"])
    assert (result.provider, hosted.asked) == ("sketcher", 0)


def test_a_higher_attempt_asks_again(pipeline_with: Make) -> None:
    sketcher = Sketcher()
    pipeline = pipeline_with(sketcher)
    pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert not pipeline.run(LIGHTHOUSE, story_id=STORY, attempt=1).reused
    assert sketcher.asked == 2


def test_files_come_back_from_the_media_store_and_the_workspace_is_gone(
    pipeline_with: Make, media: LocalMediaStore, tmp_path: Path
) -> None:
    sketcher = Sketcher()
    result = pipeline_with(sketcher).run(LIGHTHOUSE, story_id=STORY)
    assert result.media["sketch"].mime == "text/plain"
    assert media.local_path(result.media["sketch"]).read_text() == "a lighthouse"
    assert not sketcher.contexts[0].workspace.exists()
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


words = st.text(alphabet="abcxyz é", max_size=8)
requests = st.fixed_dictionaries(
    {
        "subject": words,
        "strokes": st.integers(0, 3),
        "options": st.dictionaries(words, words, max_size=3),
    }
)


@given(fields=requests, order=st.randoms(use_true_random=False))
def test_a_key_does_not_depend_on_the_order_of_fields(fields: dict, order: object) -> None:
    def shuffled(mapping: dict) -> dict:
        names = list(mapping)
        order.shuffle(names)  # type: ignore[attr-defined]
        return {name: mapping[name] for name in names}

    again = shuffled(fields | {"options": shuffled(fields["options"])})
    assert call_key(SketchRequest(**fields)) == call_key(SketchRequest(**again))


@given(one=requests, other=requests, attempt=st.integers(0, 2), other_attempt=st.integers(0, 2))
def test_keys_differ_when_any_field_or_the_attempt_does(
    one: dict, other: dict, attempt: int, other_attempt: int
) -> None:
    same = (one, attempt) == (other, other_attempt)
    keys = {
        call_key(SketchRequest(**one), attempt),
        call_key(SketchRequest(**other), other_attempt),
    }
    assert len(keys) == (1 if same else 2)


def test_two_kinds_of_request_with_the_same_fields_are_two_calls() -> None:
    class PosterRequest(SketchRequest):
        pass

    assert call_key(LIGHTHOUSE) != call_key(PosterRequest(subject="a lighthouse"))


def test_a_request_the_database_cannot_hold_is_refused(pipeline_with: Make) -> None:
    with pytest.raises(BadInput, match="NUL"):
        pipeline_with(Sketcher()).run(SketchRequest(subject="a\0b"), story_id=STORY)
    spelled = SketchRequest(subject=r"a\u0000b and a\\u0000b")
    result = pipeline_with(Sketcher()).run(spelled, story_id=STORY)
    assert result.output.caption.startswith(r"a\u0000b")


def test_preferred_providers_come_first_and_embedded_ones_last(pipeline_with: Make) -> None:
    asked: list[str] = []

    def refuse_after_noting(name: str) -> Callable[[SketchRequest, CallContext], None]:
        def deed(request: SketchRequest, context: CallContext) -> None:
            asked.append(name)
            raise ValueError("no ink")

        return deed

    providers = [
        Sketcher(name, embedded=name.startswith("house"), deed=refuse_after_noting(name))
        for name in ("house-1", "hosted-1", "house-2", "hosted-2")
    ]
    with pytest.raises(NoProviderLeft):
        pipeline_with(*providers).run(LIGHTHOUSE, story_id=STORY, prefer=["house-2", "hosted-2"])
    assert asked == ["house-2", "hosted-2", "hosted-1", "house-1"]


def test_when_no_provider_is_left_each_is_named_with_its_reason(
    pipeline_with: Make, database: Database
) -> None:
    pipeline = pipeline_with(
        Sketcher("shy", refuses="cannot draw lighthouses"),
        Sketcher("broken", deed=fails(ValueError("out of ink"))),
        Sketcher("picky", deed=fails(DefectiveMedia("the sketch is blank"))),
        Sketcher("empty", writes=b""),
    )
    with pytest.raises(NoProviderLeft) as failure:
        pipeline.run(LIGHTHOUSE, story_id=STORY, prefer=["absent"])
    assert failure.value.message == (
        "No provider could draw this: absent: not set up here; shy: cannot draw lighthouses; "
        "broken: ValueError: out of ink; picky: the sketch is blank; empty: sketch.txt is empty."
    )
    (call,) = pipeline.calls(STORY)
    assert call.status == "failed"
    assert "out of ink" in call.error
    assert attempts(database) == [("broken", "failed"), ("picky", "failed"), ("empty", "failed")]


def test_a_failed_call_may_be_made_again(pipeline_with: Make, database: Database) -> None:
    pipeline = pipeline_with(Sketcher(deed=fails(ValueError("out of ink"))))
    with pytest.raises(NoProviderLeft):
        pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert not pipeline.run(LIGHTHOUSE, story_id=STORY).reused
    assert attempts(database) == [("sketcher", "failed"), ("sketcher", "succeeded")]


def test_without_any_provider_the_error_says_so(pipeline_with: Make) -> None:
    with pytest.raises(NoProviderLeft, match="none is set up for this"):
        pipeline_with().run(LIGHTHOUSE, story_id=STORY)


def test_a_transient_failure_is_retried_and_each_attempt_is_recorded(
    pipeline_with: Make, database: Database
) -> None:
    busy = TransientFailure("busy", retry_after_s=0.2)
    sketcher = Sketcher(deed=fails(busy, busy))
    started = time.monotonic()
    pipeline_with(sketcher).run(LIGHTHOUSE, story_id=STORY)
    assert time.monotonic() - started >= 0.4
    assert attempts(database) == [
        ("sketcher", "failed"),
        ("sketcher", "failed"),
        ("sketcher", "succeeded"),
    ]
    assert [context.attempt for context in sketcher.contexts] == [1, 2, 3]
    assert len({context.idempotency_key for context in sketcher.contexts}) == 1
    with database.transaction() as transaction:
        charged = transaction.execute(select(cost_entries.c.attempt_number)).scalars().all()
    assert sorted(charged) == [1, 2, 3]


def test_retries_are_bounded_and_then_the_next_provider_is_asked(pipeline_with: Make) -> None:
    busy = [TransientFailure("busy", retry_after_s=0.01)] * 9
    hosted = Sketcher("hosted", embedded=False, deed=fails(*busy))
    result = pipeline_with(Sketcher(), hosted).run(LIGHTHOUSE, story_id=STORY)
    assert (hosted.asked, result.provider) == (3, "sketcher")


def test_a_vendor_that_asks_for_too_long_a_wait_is_left(pipeline_with: Make) -> None:
    hosted = Sketcher(
        "hosted", embedded=False, deed=fails(TransientFailure("busy", retry_after_s=3_600))
    )
    started = time.monotonic()
    result = pipeline_with(Sketcher(), hosted).run(LIGHTHOUSE, story_id=STORY)
    assert result.provider == "sketcher"
    assert time.monotonic() - started < 60


def test_what_must_not_be_repeated_is_not_retried_but_left_in_doubt(
    pipeline_with: Make, database: Database
) -> None:
    never = Sketcher(
        repeatability=Repeatability.NEVER,
        deed=fails(TransientFailure("connection cut", cost_usd=None)),
    )
    spare = Sketcher("spare")
    pipeline = pipeline_with(never, spare)
    for _ in range(2):
        with pytest.raises(NoProviderLeft, match="its answer was lost"):
            pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert (never.asked, spare.asked) == (1, 0)
    assert attempts(database) == [("sketcher", "ambiguous")]


def test_a_definite_no_from_what_must_not_be_repeated_moves_on(pipeline_with: Make) -> None:
    never = Sketcher(
        repeatability=Repeatability.NEVER, deed=fails(BadInput("the vendor refuses this subject"))
    )
    spare = Sketcher("spare")
    result = pipeline_with(never, spare).run(LIGHTHOUSE, story_id=STORY)
    assert result.provider == "spare"


def test_a_provider_that_hangs_is_left_after_its_time(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    released, ended = threading.Event(), threading.Event()

    def hang(request: SketchRequest, context: CallContext) -> None:
        released.wait(30)
        assert context.workspace.exists()  # not swept away under a provider still at work
        ended.set()

    stuck = Sketcher("stuck", embedded=False, deed=hang, timeout_s=0.3, price="0.10")
    pipeline = pipeline_with(Sketcher(), stuck)
    started = time.monotonic()
    result = pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert time.monotonic() - started < 10
    assert result.provider == "sketcher"
    assert result.cost_usd == Decimal("0.10")  # nobody knows, so the estimate counts
    released.set()
    assert ended.wait(20)
    with database.transaction() as transaction:
        reason = transaction.scalar(
            select(provider_attempts.c.error).where(provider_attempts.c.provider == "stuck")
        )
    assert reason == "no answer within 0.3 s"


def test_a_wrong_kind_of_answer_is_a_failure(pipeline_with: Make) -> None:
    class Poster(SketchRequest):
        output_model = SketchRequest  # not what a sketcher returns

    with pytest.raises(NoProviderLeft, match="returned a Sketch instead of a SketchRequest"):
        pipeline_with(Sketcher()).run(Poster(subject="x"), story_id=STORY)


def test_media_that_got_lost_are_made_again_as_a_new_attempt(
    pipeline_with: Make, media: LocalMediaStore, database: Database
) -> None:
    sketcher = Sketcher()
    pipeline = pipeline_with(sketcher)
    first = pipeline.run(LIGHTHOUSE, story_id=STORY)
    media.delete(first.media["sketch"])
    second = pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert not second.reused
    assert second.media == first.media
    assert media.exists(second.media["sketch"])
    assert pipeline.run(LIGHTHOUSE, story_id=STORY).reused
    assert pipeline.completed_counts() == {first.call_key: 2}
    assert attempts(database) == [("sketcher", "succeeded")] * 2


def test_a_result_of_an_older_form_is_made_again(pipeline_with: Make, database: Database) -> None:
    sketcher = Sketcher()
    pipeline = pipeline_with(sketcher)
    pipeline.run(LIGHTHOUSE, story_id=STORY)
    with database.transaction() as transaction:
        transaction.execute(update(provider_calls).values(output={"title": "old"}))
    assert pipeline.run(LIGHTHOUSE, story_id=STORY).output.strokes == 3
    assert sketcher.asked == 2


class FullStore(LocalMediaStore):
    """A store whose disk is full until told otherwise."""

    full = True

    def put_file(self, path: Path, mime: str) -> MediaRef:
        if self.full:
            raise StorageUnavailable("The disk is full.", remedy="Free some space.")
        return super().put_file(path, mime)


def test_a_full_disk_stops_the_call_without_asking_another_provider(
    database: Database, tmp_path: Path
) -> None:
    from content_platform.clock import utc_now

    store = FullStore(tmp_path / "media")
    hosted, spare = Sketcher("hosted", embedded=False, price="0.30"), Sketcher("spare")
    pipeline = Pipeline(
        database, store, [hosted, spare], clock=utc_now, scratch_dir=tmp_path / "scratch"
    )
    with pytest.raises(StorageUnavailable, match="full"):
        pipeline.run(LIGHTHOUSE, story_id=STORY)
    assert spare.asked == 0
    assert pipeline.story_cost(STORY).usd == Decimal("0.30")  # it answered, so it is paid
    store.full = False
    assert pipeline.run(LIGHTHOUSE, story_id=STORY).provider == "hosted"
    pipeline.close()


@pytest.fixture
def listening_to_ctrl_c() -> Iterator[None]:
    """A test run started in the background ignores SIGINT; a person's terminal does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening_to_ctrl_c")
def test_ctrl_c_lets_go_of_the_call_at_once(pipeline_with: Make, database: Database) -> None:
    released = threading.Event()

    def interrupt(request: SketchRequest, context: CallContext) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(20)

    with pytest.raises(KeyboardInterrupt):
        pipeline_with(Sketcher(deed=interrupt)).run(LIGHTHOUSE, story_id=STORY)
    released.set()
    result = pipeline_with(Sketcher()).run(LIGHTHOUSE, story_id=STORY)
    assert not result.reused
    assert attempts(database) == [("sketcher", "abandoned"), ("sketcher", "succeeded")]


def test_threads_asking_the_same_at_once_make_one_call(pipeline_with: Make) -> None:
    everyone_is_here = threading.Barrier(6)
    sketcher = Sketcher(deed=lambda request, context: time.sleep(0.2))
    pipeline = pipeline_with(sketcher)

    def ask(_: int) -> bool:
        everyone_is_here.wait()
        return pipeline.run(LIGHTHOUSE, story_id=STORY).reused

    with ThreadPoolExecutor(6) as threads:
        reused = list(threads.map(ask, range(6)))
    assert sketcher.asked == 1
    assert sorted(reused) == [False] + [True] * 5


def test_no_connection_is_held_while_providers_work(
    pipeline_with: Make, database: Database
) -> None:
    most = 0
    inside = threading.Barrier(8)

    def note(*_: object) -> None:
        nonlocal most
        most = max(most, database.engine.pool.checkedout())  # type: ignore[attr-defined]

    def look(request: SketchRequest, context: CallContext) -> None:
        inside.wait(20)  # all eight are at work now
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        inside.wait(20)

    event.listen(database.engine, "checkout", note)
    pipeline = pipeline_with(Sketcher(deed=look))
    with ThreadPoolExecutor(8) as threads:
        made = threads.map(
            lambda n: pipeline.run(SketchRequest(subject=f"boat {n}"), story_id=STORY), range(8)
        )
        assert not any(result.reused for result in made)
    assert 1 <= most <= 8


def test_leases_are_renewed_while_a_provider_works(pipeline_with: Make, database: Database) -> None:
    leases = []

    def watch(request: SketchRequest, context: CallContext) -> None:
        give_up = time.monotonic() + 20
        while len(set(leases)) < 3 and time.monotonic() < give_up:
            with database.transaction() as transaction:
                leases.append(transaction.scalar(select(provider_calls.c.lease_until)))
            time.sleep(0.02)

    pipeline_with(Sketcher(deed=watch), lease_s=0.6).run(LIGHTHOUSE, story_id=STORY)
    assert len(set(leases)) == 3
    assert leases == sorted(leases)


def test_evidence_tells_who_made_what_under_which_terms_and_holds_no_secret(
    pipeline_with: Make, database: Database
) -> None:
    request = SketchRequest(
        subject="a lighthouse",
        options={"api_key": "very secret", "tone": "Bearer abcdefgh12345678"},
    )
    result = pipeline_with(Sketcher()).run(request, story_id=STORY)
    with database.transaction() as transaction:
        (row,) = transaction.execute(select(evidence)).mappings().all()
        dump = json.dumps(
            [
                str(dict(found))
                for table in (provider_calls, provider_attempts, evidence, cost_entries)
                for found in transaction.execute(select(table)).mappings()
            ]
        )
    assert dict(row) | {"at": None} == {
        "call_key": result.call_key,
        "attempt_number": 1,
        "story_id": STORY,
        "capability": "draw",
        "provider": "sketcher",
        "vendor": "sketcher works",
        "model": "sketcher-model",
        "model_version": "1",
        "licence": "CC0-1.0",
        "terms_url": "https://example.org/terms",
        "request": {
            "subject": "a lighthouse",
            "strokes": 3,
            "options": {"api_key": "[redacted]", "tone": "Bearer [redacted]"},
        },
        "response_id": "sketcher-1",
        "media_sha256": [result.media["sketch"].sha256],
        "at": None,
    }
    assert "very secret" not in dump
    assert "abcdefgh12345678" not in dump


def test_secrets_in_a_providers_error_are_not_shown(pipeline_with: Make) -> None:
    error = ValueError("401 for https://api.example.org/v1?api_key=s3cr3t")
    with pytest.raises(NoProviderLeft) as failure:
        pipeline_with(Sketcher(deed=fails(error))).run(LIGHTHOUSE, story_id=STORY)
    assert "s3cr3t" not in str(failure.value)


def test_a_storys_cost_is_told_by_capability_and_provider(pipeline_with: Make) -> None:
    hosted = Sketcher("hosted", embedded=False, price="0.125", deed=fails(None, ValueError("no")))
    pipeline = pipeline_with(hosted, Sketcher())
    for subject in ("a boat", "a storm"):
        pipeline.run(SketchRequest(subject=subject), story_id=STORY)
    pipeline.run(SketchRequest(subject="a boat"), story_id="other-channel_20261122_0001")
    cost = pipeline.story_cost(STORY)
    assert [(line.capability, line.provider, line.attempts, line.usd) for line in cost.lines] == [
        (Capability.DRAW, "hosted", 2, Decimal("0.125")),
        (Capability.DRAW, "sketcher", 1, Decimal(0)),
    ]
    assert (cost.usd, cost.calls) == (Decimal("0.125"), 2)
    assert cost.seconds > 0
    assert pipeline.story_cost("other-channel_20261122_0001").usd == 0
    assert [(call.provider, call.attempts) for call in pipeline.calls(STORY)] == [
        ("hosted", 1),
        ("sketcher", 2),
    ]


def test_equal_files_of_many_calls_are_one_media_asset(
    pipeline_with: Make, database: Database
) -> None:
    pipeline = pipeline_with(Sketcher(writes=b"the same"))
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(
                lambda n: pipeline.run(SketchRequest(subject=str(n)), story_id=STORY), range(8)
            )
        )
    with database.transaction() as transaction:
        assert len(transaction.execute(select(media_assets)).all()) == 1


def test_a_call_costs_little_more_than_its_provider(pipeline_with: Make) -> None:
    pipeline = pipeline_with(Sketcher())

    def times_ms(subjects: list[str]) -> list[float]:
        times = []
        for subject in subjects:
            request = SketchRequest(subject=subject)
            started = time.perf_counter()
            pipeline.run(request, story_id=STORY)
            times.append((time.perf_counter() - started) * 1e3)
        return times

    pipeline.run(LIGHTHOUSE, story_id=STORY)
    fresh = times_ms([f"boat {n}" for n in range(80)])
    cached = times_ms([f"boat {n}" for n in range(80)])
    for name, times, goal in (("fresh", fresh, 15), ("cached", cached, 5)):
        median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(
            f"\n{name} call: median {median:.1f} ms, p95 {p95:.1f} ms (goal on a quiet machine {goal})"
        )
    # With slack for a machine that does other work too.
    assert statistics.median(cached) < 15
    assert statistics.median(fresh) < 50
