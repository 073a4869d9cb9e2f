"""The one way to any provider: every paid, limited, outside or embedded call goes through here.

The steps, in the order of ``Pipeline.run``:

1. key: what is asked, without who answers it; a finished key returns its stored result at once
2. order: providers as the caller ranks them, without those that cannot do the request
3. claim, in one transaction: one worker owns the call, others wait for its result
4. call, with no transaction open: a time limit, retries where repeating is harmless
5. keep the files in the media store
6. settle, in one transaction: result, evidence, cost
7. else the next provider; when none is left, an error that lists each and why

No SQL belongs here (``ledger``), and nothing about one vendor (``<room>/adapters``).
"""

from __future__ import annotations

import contextvars
import hashlib
import json
import logging
import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from content_platform.clock import Clock
from content_platform.errors import (
    BadInput,
    CallInProgress,
    ContentPlatformError,
    DefectiveMedia,
    NoProviderLeft,
    NotFound,
    StorageUnavailable,
)
from content_platform.providers import accounts
from content_platform.providers.ledger import (
    AttemptStatus,
    Busy,
    Claim,
    InDoubt,
    Ledger,
    LostClaim,
    NewCall,
)
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    CallResult,
    CallSummary,
    OutputT,
    Produced,
    Provider,
    Repeatability,
    StoryCost,
    TransientFailure,
)
from content_platform.security.redaction import redact, redact_text
from content_platform.storage.database import Database
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef, mime_of
from content_platform.storage.scratch import OwnedFolder

_TRIES = 3
_BACKOFF = wait_random_exponential(multiplier=0.5, max=20)
_POLL_S = (0.02, 0.5)
"""How often a waiting worker looks for the owner's result: at first, and at most."""
_ERROR_CHARS = 2_000
_NUL = re.compile(
    r"(?<!\\)(?:\\\\)*\\u0000"
)  # as JSON writes it, and not the six characters themselves

AnyRequest = CallRequest[BaseModel]
AnyResult = CallResult[BaseModel]

_log = logging.getLogger(__name__)


def call_key(request: CallRequest[OutputT], attempt: int = 0) -> str:
    """A call's identity: sha256 over what is asked and the wilful attempt, not over who is asked.

    Raises BadInput for text that PostgreSQL cannot hold.
    """
    identity = {
        "capability": request.capability,
        "kind": type(request).__name__,
        "request": _storable(request, "The request"),
        "attempt": attempt,
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Pipeline:
    """Calls providers, each request once. Safe to share between threads and processes."""

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        providers: Sequence[Provider],
        *,
        clock: Clock,
        scratch_dir: Path,
        lease_s: float = 30,
    ) -> None:
        self._database = database
        self._media = media
        self._providers = list(providers)
        self._clock = clock
        self._ledger = Ledger(database, clock, lease_s)
        self._leases = _Leases(self._ledger, lease_s)
        self._scratch = OwnedFolder(scratch_dir)

    def run(
        self,
        request: CallRequest[OutputT],
        *,
        story_id: str,
        attempt: int = 0,
        prefer: Sequence[str] = (),
    ) -> CallResult[OutputT]:
        """The answer to ``request``: a stored one if there is any, else a provider's.

        ``attempt`` is raised to ask again on purpose; ``prefer`` ranks providers by name. Raises
        NoProviderLeft, CallInProgress, BadInput, StorageUnavailable.
        """
        return cast(
            CallResult[OutputT],
            self._run(cast(AnyRequest, request), story_id, attempt, prefer),
        )

    def require(self, request: CallRequest[OutputT], *, prefer: Sequence[str] = ()) -> None:
        """Raise NoProviderLeft when nobody here could do ``request``; nobody is asked."""
        order, refusals = self._order(cast(AnyRequest, request), prefer)
        if not order:
            raise _none_left(cast(AnyRequest, request), refusals)

    def _run(
        self, request: AnyRequest, story_id: str, attempt: int, prefer: Sequence[str]
    ) -> AnyResult:
        key = call_key(request, attempt)
        result, useless = self._stored_result(key, request)
        if result is not None:
            return result
        order, refusals = self._order(request, prefer)
        if not order:
            raise _none_left(request, refusals)
        call = NewCall(
            key=key,
            story_id=story_id,
            capability=request.capability,
            attempt=attempt,
            redacted_request=redact(request.model_dump(mode="json")),
        )
        first = order[0].info
        estimate = order[0].estimate_usd(request)
        deadline = time.monotonic() + max(provider.info.timeout_s for provider in order)
        pause = _POLL_S[0]
        while True:
            found = self._ledger.claim(call, first, estimate, useless=useless)
            if isinstance(found, Claim):
                try:
                    return self._make(found, request, order, refusals)
                except LostClaim:
                    _log.warning("call %s went to another worker; waiting for it", key)
            elif isinstance(found, InDoubt):
                raise _in_doubt(call, found)
            elif isinstance(found, Busy):
                if time.monotonic() > deadline:
                    raise CallInProgress(
                        f"{found.owner} is still at work on this {request.capability} call "
                        f"({call.key[:12]}).",
                        remedy="Wait for it to end, or stop it, then run again.",
                    )
                time.sleep(pause)
                pause = min(pause * 1.5, _POLL_S[1])
            result, useless = self._stored_result(key, request)
            if result is not None:
                return result

    def calls(self, story_id: str) -> tuple[CallSummary, ...]:
        """The calls first made for a story, oldest first."""
        return accounts.calls(self._database, story_id)

    def story_cost(self, story_id: str) -> StoryCost:
        """What a story's calls cost in money and seconds, by capability and provider."""
        return accounts.story_cost(self._database, story_id)

    def completed_counts(self) -> dict[str, int]:
        """How often each call was answered and saved, by call key: 1 unless its media got lost."""
        return accounts.completed_counts(self._database)

    def close(self) -> None:
        """Remove the scratch folder. Calls still running in other threads lose their files."""
        self._scratch.close()

    def _stored_result(self, key: str, request: AnyRequest) -> tuple[AnyResult | None, int | None]:
        """The stored result, or the attempt whose result is no longer of use, or neither."""
        stored = self._ledger.finished(key)
        if stored is None:
            return None, None
        gone = [role for role, ref in stored.media.items() if not self._is_whole(ref)]
        if gone:
            _log.warning("call %s is made again: its %s is lost or damaged", key, ", ".join(gone))
            return None, stored.number
        try:
            output = request.output_model.model_validate(stored.output)
        except ValidationError:
            _log.warning("call %s is made again: its result has an older form", key)
            return None, stored.number
        return CallResult(
            call_key=key,
            provider=stored.provider,
            model=stored.model,
            output=output,
            media=stored.media,
            cost_usd=stored.cost_usd,
            seconds=stored.seconds,
            reused=True,
        ), None

    def _is_whole(self, ref: MediaRef) -> bool:
        """Whether the store has the media with the right bytes; who asked is about to read them."""
        try:
            self._media.local_path(ref)
        except (NotFound, DefectiveMedia):
            return False
        return True

    def _order(
        self, request: AnyRequest, prefer: Sequence[str]
    ) -> tuple[list[Provider], list[str]]:
        """Providers that can do the request, best first, and why the others cannot."""
        able = [p for p in self._providers if p.info.capability is request.capability]
        known = {p.info.name for p in able}
        refusals = [f"{name}: not set up here" for name in prefer if name not in known]
        rank = {name: place for place, name in enumerate(prefer)}
        able.sort(key=lambda p: (rank.get(p.info.name, len(rank)), p.info.embedded))
        order = []
        for provider in able:
            refusal = provider.refusal(request)
            if refusal is None:
                order.append(provider)
            else:
                refusals.append(f"{provider.info.name}: {refusal}")
        return order, refusals

    def _make(
        self,
        claim: Claim,
        request: AnyRequest,
        order: Sequence[Provider],
        refusals: Sequence[str],
    ) -> AnyResult:
        """Ask one provider after the other. The call is let go of, whatever happens."""
        reasons = list(refusals)
        with self._leases.hold(claim):
            try:
                number: int | None = claim.number
                for provider in order:
                    try:
                        return self._ask(claim, number, provider, request)
                    except _Failed as failure:
                        reasons.append(f"{provider.info.name}: {failure}")
                        number = None
                raise _none_left(request, reasons)
            except LostClaim:
                raise
            except BaseException as error:
                with suppress(StorageUnavailable):  # then the lease runs out instead
                    self._ledger.give_up(claim, _described(error))
                raise

    def _ask(
        self, claim: Claim, number: int | None, provider: Provider, request: AnyRequest
    ) -> AnyResult:
        """One provider's answer, after retries where they are harmless; else _Failed."""
        repeatable = provider.info.repeatability is Repeatability.REPEATABLE
        deadline = time.monotonic() + 2 * provider.info.timeout_s
        for trial in Retrying(
            retry=retry_if_exception_type(_FailedForNow),
            stop=stop_after_attempt(_TRIES if repeatable else 1)
            | stop_before_delay(2 * provider.info.timeout_s),
            wait=_wait,
            reraise=True,
        ):
            with trial:
                if number is None:
                    estimate = provider.estimate_usd(request)
                    number = self._ledger.start_attempt(claim, provider.info, estimate)
                this_attempt, number = number, None
                limit = min(provider.info.timeout_s, deadline - time.monotonic())
                return self._attempt(claim, this_attempt, provider, request, limit)
        raise AssertionError("a retry loop ends with a result or an error")

    def _attempt(
        self,
        claim: Claim,
        number: int,
        provider: Provider,
        request: AnyRequest,
        limit_s: float,
    ) -> AnyResult:
        """One question to one provider: call, keep the files, settle."""
        started = time.perf_counter()
        workspace = self._scratch.path / f"{claim.token}-{number}"
        workspace.mkdir()
        context = CallContext(
            idempotency_key=claim.call.key,
            workspace=workspace,
            deadline=self._clock() + timedelta(seconds=limit_s),
            attempt=number,
        )
        answer: Future[Produced[BaseModel]] = Future()
        produced = None
        try:
            _start(provider, request, context, answer)
            produced = _answer_within(answer, limit_s)
            output = _checked_output(produced, request)
            media = {role: self._keep(file) for role, file in produced.files.items()}
            seconds = time.perf_counter() - started
            total_cost = self._ledger.settle(
                claim,
                number,
                provider.info,
                output=_storable(output, "The answer"),
                media=media,
                response_id=produced.response_id,
                cost_usd=produced.cost_usd,
                seconds=seconds,
            )
        except LostClaim:
            raise
        except BaseException as error:
            doubt = self._note_failure(
                claim, number, provider, error, produced, time.perf_counter() - started
            )
            if isinstance(error, StorageUnavailable) or not isinstance(error, Exception):
                raise  # ours, not the provider's: another one would fare no better
            if doubt is not None:
                raise _in_doubt(claim.call, doubt) from error
            if isinstance(error, TransientFailure):
                raise _FailedForNow(_described(error), error.retry_after_s) from error
            raise _Failed(_described(error)) from error
        finally:
            # A provider that overran its time may still be writing there.
            answer.add_done_callback(lambda _: shutil.rmtree(workspace, ignore_errors=True))
        return CallResult(
            call_key=claim.call.key,
            provider=provider.info.name,
            model=provider.info.model,
            output=output,
            media=media,
            cost_usd=total_cost,
            seconds=seconds,
            reused=False,
        )

    def _note_failure(
        self,
        claim: Claim,
        number: int,
        provider: Provider,
        error: BaseException,
        produced: Produced[BaseModel] | None,
        seconds: float,
    ) -> InDoubt | None:
        """Write down how an attempt failed; tell when nobody can know whether it was done."""
        ours = isinstance(error, StorageUnavailable) or not isinstance(error, Exception)
        if provider.info.repeatability is Repeatability.REPEATABLE:
            status = AttemptStatus.ABANDONED if ours else AttemptStatus.FAILED
            doubt = None
        elif ours or (produced is None and not isinstance(error, ContentPlatformError)):
            status = AttemptStatus.AMBIGUOUS
            doubt = InDoubt(provider.info.name, number, self._clock())
        else:
            status = AttemptStatus.FAILED
            doubt = None
        if produced is not None:
            cost = produced.cost_usd
        elif status is AttemptStatus.FAILED and not isinstance(error, _TimedOut):
            cost = Decimal(0)
        else:
            cost = None  # it may have been done: the estimate counts
        with suppress(StorageUnavailable):  # then the lease runs out instead
            self._ledger.end_attempt(
                claim, number, status, error=_described(error), seconds=seconds, cost_usd=cost
            )
        return doubt

    def _keep(self, file: Path) -> MediaRef:
        if file.stat().st_size == 0:
            raise DefectiveMedia(f"{file.name} is empty.")
        return self._media.put_file(file, mime_of(file))


class _Failed(Exception):
    """A provider gave no usable answer; the message says why."""


class _FailedForNow(_Failed):
    """A failure that a retry may cure."""

    def __init__(self, message: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class _TimedOut(Exception):
    """A provider did not answer in time."""


class _Leases:
    """Renews the leases of this process's claims from one background thread, while there are any."""

    def __init__(self, ledger: Ledger, lease_s: float) -> None:
        self._ledger = ledger
        self._interval_s = lease_s / 3
        self._lock = threading.Lock()
        self._held: dict[str, Claim] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def hold(self, claim: Claim) -> Iterator[None]:
        """Keep ``claim`` ours while the block runs."""
        with self._lock:
            self._held[claim.token] = claim
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._held[claim.token]

    def _renew(self) -> None:
        while True:
            time.sleep(self._interval_s)
            with self._lock:
                claims = list(self._held.values())
                if not claims:
                    self._thread = None
                    return
            try:
                self._ledger.renew(claims)
            except Exception:
                # The next beat tries again; a lease survives two missed ones.
                _log.warning("could not renew the leases of %d calls", len(claims), exc_info=True)


def _start(
    provider: Provider,
    request: AnyRequest,
    context: CallContext,
    answer: Future[Produced[BaseModel]],
) -> None:
    """Call in a thread of its own: an engine's native code cannot be interrupted, but the one who
    waits for it must stay able to give up or to be stopped."""

    def work() -> None:
        try:
            answer.set_result(provider.call(request, context))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(
        target=contextvars.copy_context().run,
        args=(work,),
        name=f"provider {provider.info.name}",
        daemon=True,
    ).start()


def _answer_within(answer: Future[Produced[BaseModel]], limit_s: float) -> Produced[BaseModel]:
    done, _ = wait([answer], timeout=limit_s)
    if not done:
        raise _TimedOut(f"no answer within {limit_s:g} s")
    return answer.result()


def _checked_output(produced: Produced[BaseModel], request: AnyRequest) -> BaseModel:
    if not isinstance(produced.output, request.output_model):
        raise TypeError(
            f"it returned a {type(produced.output).__name__} "
            f"instead of a {request.output_model.__name__}"
        )
    return produced.output


def _storable(model: BaseModel, what: str) -> object:
    """``model`` as JSON that PostgreSQL keeps exactly; BadInput when it cannot."""
    value = model.model_dump(mode="json")
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise BadInput(
            f"{what} holds a number that is infinite or none at all.", remedy="Use finite numbers."
        ) from error
    if _NUL.search(text):
        raise BadInput(f"{what} holds a NUL character.", remedy="Take it out of the text.")
    return value


def _wait(state: RetryCallState) -> float:
    """As long as the vendor says, else exponential with jitter. Seconds."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _FailedForNow) and error.retry_after_s is not None:
        return max(error.retry_after_s, 0.0)
    return _BACKOFF(state)


def _described(error: BaseException) -> str:
    known = isinstance(error, ContentPlatformError | TransientFailure | _TimedOut)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    return redact_text(text).replace("\x00", "")[:_ERROR_CHARS]


def _none_left(request: AnyRequest, reasons: Sequence[str]) -> NoProviderLeft:
    why = "; ".join(reason.rstrip(".") for reason in reasons) or "none is set up for this"
    return NoProviderLeft(
        f"No provider could {request.capability} this: {why}.",
        remedy="Cure one of these causes, then run again.",
    )


def _in_doubt(call: NewCall, doubt: InDoubt) -> NoProviderLeft:
    return NoProviderLeft(
        f"{doubt.provider} was asked at {doubt.started_at:%Y-%m-%d %H:%M:%S} UTC to {call.capability} "
        f"for {call.story_id} (call {call.key[:12]}, attempt {doubt.number}), its answer was lost, "
        "and asking twice may pay or publish twice.",
        remedy=f"Look up at {doubt.provider} whether it was done; to have it done again on "
        f"purpose, ask with an attempt above {call.attempt}.",
    )
