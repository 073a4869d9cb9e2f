"""Asking one provider: its secret, its limits, the call itself, retries, and what a failure leaves behind.

Every attempt that was written down as started is written down as ended here, with what it cost. Which
provider is asked, and what follows for the others, is decided in ``pipeline``.
"""

from __future__ import annotations

import contextvars
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel, SecretStr
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
    ContentPlatformError,
    DefectiveMedia,
    StorageUnavailable,
)
from content_platform.providers.attempts import AttemptStatus, InDoubt
from content_platform.providers.ledger import Claim, Ledger, LostClaim
from content_platform.providers.limits import Limits, NoRoom
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    CallResult,
    CredentialRefused,
    OutOfService,
    Probing,
    Produced,
    Provider,
    ProviderInfo,
    Repeatability,
    SecretSource,
    TransientFailure,
)
from content_platform.providers.parts import CallParts
from content_platform.providers.reservations import in_usd
from content_platform.security.redaction import redact_error, redact_text
from content_platform.storage.database import Database
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef, mime_of
from content_platform.storage.scratch import OwnedFolder

_TRIES = 3
_BACKOFF = wait_random_exponential(multiplier=0.5, max=20)
_SECRETS_TRIED = 4
"""Versions of a secret for one attempt: two are valid, and both may be replaced meanwhile."""
_ERROR_CHARS = 2_000
_NUL = re.compile(
    r"(?<!\\)(?:\\\\)*\\u0000"
)  # as JSON writes it, and not the six characters themselves

AnyRequest = CallRequest[BaseModel]
AnyResult = CallResult[BaseModel]
AnswerT = TypeVar("AnswerT")


class NoAnswer(Exception):
    """A provider gave no usable answer; the message says why, ``cause`` is what it raised."""

    def __init__(self, message: str, cause: Exception) -> None:
        super().__init__(message)
        self.cause = cause


class LeftInDoubt(Exception):
    """Nobody knows whether the provider did it, and it must not be asked again."""

    def __init__(self, doubt: InDoubt) -> None:
        super().__init__()
        self.doubt = doubt


@dataclass
class _Attempt:
    """One attempt at a call: who is asked for what, and what that cost so far."""

    claim: Claim
    number: int
    provider: Provider
    request: AnyRequest
    parts: CallParts
    refused_usd: Decimal = Decimal(0)
    """What questions cost that ended with the secret being refused."""

    @property
    def known_usd(self) -> Decimal:
        """What it cost at least, whatever its last question says or does not."""
        return max(self.parts.paid_usd, self.refused_usd)

    def cost(self, produced: Produced[BaseModel]) -> Decimal | None:
        """What the vendor charges for all of it; None when what it says is no amount."""
        try:
            return self.refused_usd + in_usd(produced.cost_usd)
        except ValueError:
            return None


class Asker:
    """Asks providers for their part of claimed calls. Safe to share between threads."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        media: MediaStore,
        secrets: SecretSource,
        limits: Limits,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        scratch: OwnedFolder,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._media = media
        self._secrets = secrets
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._scratch = scratch

    def ask(
        self, claim: Claim, number: int | None, provider: Provider, request: AnyRequest
    ) -> AnyResult:
        """The provider's answer, after retries where they are harmless.

        ``number`` is the attempt that has been started for it, if one has. Raises NoAnswer,
        LeftInDoubt, LostClaim, StorageUnavailable, and BudgetExceeded for another attempt.
        """
        patience_s = 2 * provider.info.timeout_s
        deadline = time.monotonic() + patience_s
        for trial in Retrying(
            retry=retry_if_exception_type(_ForNow),
            # A question that has no time to be answered would only be paid for.
            stop=stop_after_attempt(_TRIES)
            | stop_before_delay(patience_s - provider.info.timeout_s / 2),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        ):
            with trial:
                if number is None:
                    price = estimate(provider, request)
                    number = self._ledger.start_attempt(claim, provider.info, price)
                this_attempt, number = number, None
                return self._attempt(claim, this_attempt, provider, request, deadline)
        raise AssertionError("a retry loop ends with a result or an error")

    def resolve(
        self, claim: Claim, doubt: InDoubt, provider: Provider, request: AnyRequest
    ) -> AnyResult | None:
        """What the vendor says became of an attempt in doubt; None when it surely did nothing.

        Raises LeftInDoubt while nobody can know, NoAnswer when what it did is of no use, LostClaim,
        StorageUnavailable.
        """
        if not can_probe(provider):
            raise LeftInDoubt(doubt)
        attempt = self._begun(claim, doubt.number, provider, request)
        asked_at = time.perf_counter()
        produced = None
        try:
            with self._workspace(f"{claim.token}-{doubt.number}-probe") as (place, running):
                produced = self._probe(attempt, place, running)
                if produced is not None:
                    return self._keep_result(attempt, produced, asked_at)
        except (LostClaim, StorageUnavailable):
            raise
        except Exception as error:
            failure: Exception | None = error
        else:
            failure = None
        # Outside of the handler: what people see must not drag a vendor's error along.
        if produced is not None:
            cost = attempt.cost(produced)
        else:
            cost = Decimal(0) if failure is None else _said_of_the_call(failure)
        unknown = produced is None and cost is None
        self._ledger.end_attempt(
            claim,
            doubt.number,
            AttemptStatus.AMBIGUOUS if unknown else AttemptStatus.FAILED,
            error="The vendor did nothing." if failure is None else described(failure),
            seconds=time.perf_counter() - asked_at,
            cost_usd=cost,
            in_doubt=unknown,
        )
        if failure is None:
            return None
        if unknown:
            raise LeftInDoubt(doubt)
        raise NoAnswer(described(failure), failure)

    def _begun(
        self, claim: Claim, number: int, provider: Provider, request: AnyRequest
    ) -> _Attempt:
        parts = CallParts(
            self._database,
            self._media,
            self._clock,
            key=claim.call.key,
            number=number,
            provider=provider.info,
        )
        return _Attempt(claim, number, provider, request, parts)

    def _probe(
        self, attempt: _Attempt, place: Path, running: list[Future[object]]
    ) -> Produced[BaseModel] | None:
        """Ask the vendor what became of an attempt, again while it is only out of reach."""
        provider, request = attempt.provider, attempt.request
        assert isinstance(provider, Probing)
        probe, limit_s = provider.probe, provider.info.timeout_s
        for trial in Retrying(
            retry=retry_if_exception_type(TransientFailure),
            stop=stop_after_attempt(_TRIES) | stop_before_delay(limit_s),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        ):
            with trial:
                return self._answer(
                    attempt, lambda context: probe(request, context), place, limit_s, running
                )
        raise AssertionError("a retry loop ends with a result or an error")

    def _attempt(
        self,
        claim: Claim,
        number: int,
        provider: Provider,
        request: AnyRequest,
        deadline: float,
    ) -> AnyResult:
        """One question to one provider: its turn, the call, the files, settling."""
        info = provider.info
        attempt = self._begun(claim, number, provider, request)
        asked_at = time.perf_counter()
        produced = None
        try:
            spare_s = max(0.0, deadline - time.monotonic() - info.timeout_s)
            with self._workspace(f"{claim.token}-{number}") as (place, running):
                with self._limits.hold(info, spare_s, info.timeout_s):
                    asked_at = time.perf_counter()
                    produced = self._answer(
                        attempt,
                        lambda context: provider.call(request, context),
                        place,
                        min(info.timeout_s, deadline - time.monotonic()),
                        running,
                    )
                return self._keep_result(attempt, produced, asked_at)
        except LostClaim:
            raise
        except BaseException as error:
            doubt = self._note_failure(attempt, error, produced, time.perf_counter() - asked_at)
            if isinstance(error, StorageUnavailable) or not isinstance(error, Exception):
                raise  # ours, not the provider's: another one would fare no better
            failure = error
        # Outside of the handler: what people see must not drag a vendor's error along.
        if doubt is not None:
            found = self.resolve(claim, doubt, provider, request)
            if found is not None:
                return found
        if doubt is not None or isinstance(failure, TransientFailure):
            raise _ForNow(described(failure), failure)
        raise NoAnswer(described(failure), failure)

    def _answer(
        self,
        attempt: _Attempt,
        question: Callable[[CallContext], AnswerT],
        place: Path,
        limit_s: float,
        running: list[Future[object]],
    ) -> AnswerT:
        """What the provider says within its time; with the secret's next version if one is refused."""
        info = attempt.provider.info
        context = CallContext(
            idempotency_key=attempt.claim.call.key,
            workspace=place,
            deadline=self._clock() + timedelta(seconds=_usable_s(limit_s)),
            attempt=attempt.number,
            parts=attempt.parts,
        )
        ends = time.monotonic() + limit_s
        tried: list[SecretStr] = []
        refused = CredentialRefused(f"{info.secret} is not set")
        while True:
            secret = self._secret(info, tried)
            if info.secret and secret is None:
                raise refused
            answer: Future[object] = Future()
            running.append(answer)
            _start(info.name, question, replace(context, secret=secret), answer)
            try:
                return cast(AnswerT, _within(answer, ends - time.monotonic(), limit_s))
            except CredentialRefused as error:
                if secret is None or error.cost_usd is None:
                    raise
                attempt.refused_usd += in_usd(error.cost_usd)
                refused = CredentialRefused(str(error))
                tried.append(secret)
                self._secrets.refused(info.secret)

    def _secret(self, info: ProviderInfo, tried: Sequence[SecretStr]) -> SecretStr | None:
        """The newest version of the provider's secret that was not refused yet."""
        if not info.secret or len(tried) >= _SECRETS_TRIED:
            return None
        versions = self._secrets.versions(info.secret)
        return next((version for version in versions if version not in tried), None)

    def _keep_result(
        self, attempt: _Attempt, produced: Produced[BaseModel], asked_at: float
    ) -> AnyResult:
        """Check what came, keep its files, and settle."""
        claim, info = attempt.claim, attempt.provider.info
        output = _checked_output(produced, attempt.request)
        cost_usd = attempt.refused_usd + in_usd(produced.cost_usd)
        media = {role: self._keep(file) for role, file in produced.files.items()}
        seconds = time.perf_counter() - asked_at
        total_usd = self._ledger.settle(
            claim,
            attempt.number,
            info,
            output=storable(output, "The answer"),
            media=media,
            response_id=produced.response_id,
            cost_usd=cost_usd,
            seconds=seconds,
        )
        return CallResult(
            call_key=claim.call.key,
            provider=info.name,
            model=info.model,
            output=output,
            media=media,
            cost_usd=total_usd,
            seconds=seconds,
            reused=False,
        )

    def _note_failure(
        self,
        attempt: _Attempt,
        error: BaseException,
        produced: Produced[BaseModel] | None,
        seconds: float,
    ) -> InDoubt | None:
        """Write down how an attempt failed; tell when nobody can know whether it was done."""
        info = attempt.provider.info
        repeatable = info.repeatability is Repeatability.REPEATABLE
        ours = isinstance(error, StorageUnavailable) or not isinstance(error, Exception)
        if produced is not None:
            cost = attempt.cost(produced)
        elif isinstance(error, CallFailure):
            cost = None if error.cost_usd is None else attempt.refused_usd + error.cost_usd
        elif ours or isinstance(error, _TimedOut):
            cost = None
        elif repeatable or isinstance(error, ContentPlatformError | NoRoom):
            cost = attempt.known_usd
        else:
            cost = None
        if ours:
            status = AttemptStatus.ABANDONED if repeatable else AttemptStatus.AMBIGUOUS
        elif produced is None and cost is None:
            status = AttemptStatus.AMBIGUOUS
        else:
            status = AttemptStatus.FAILED
        doubtful = status is AttemptStatus.AMBIGUOUS and not repeatable
        with suppress(StorageUnavailable):  # then the lease runs out instead
            self._ledger.end_attempt(
                attempt.claim,
                attempt.number,
                status,
                error=described(error),
                seconds=seconds,
                cost_usd=cost,
                in_doubt=doubtful and (ours or not can_probe(attempt.provider)),
            )
        if not doubtful:
            return None
        return InDoubt(info.name, attempt.number, self._clock(), info.repeatability)

    def _keep(self, file: Path) -> MediaRef:
        if file.stat().st_size == 0:
            raise DefectiveMedia(f"{file.name} is empty.")
        return self._media.put_file(file, mime_of(file))

    @contextmanager
    def _workspace(self, name: str) -> Iterator[tuple[Path, list[Future[object]]]]:
        """An empty folder, and a list for the answers that are awaited: the last one's provider may
        have overrun its time, and still be writing there."""
        place = self._scratch.path / name
        place.mkdir()
        running: list[Future[object]] = []
        try:
            yield place, running
        finally:
            if running:
                running[-1].add_done_callback(lambda _: shutil.rmtree(place, ignore_errors=True))
            else:
                place.rmdir()


class _ForNow(NoAnswer):
    """A failure that a retry may cure."""


class _TimedOut(Exception):
    """A provider did not answer in time."""


def can_probe(provider: Provider) -> bool:
    """Whether the vendor can tell what became of a call."""
    probe_first = provider.info.repeatability is Repeatability.PROBE_FIRST
    return probe_first and isinstance(provider, Probing)


def estimate(provider: Provider, request: AnyRequest) -> Decimal:
    """The most the request is expected to cost there. Raises NoAnswer when nobody can tell."""
    try:
        return in_usd(provider.estimate_usd(request))
    except (ContentPlatformError, ValueError) as error:
        raise NoAnswer(described(error), error) from None


def storable(model: BaseModel, what: str) -> object:
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


def described(error: BaseException) -> str:
    """An error in words for people, without anything that looks like a secret."""
    known = isinstance(error, ContentPlatformError | CallFailure | NoRoom | _TimedOut)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    return redact_text(text).replace("\x00", "")[:_ERROR_CHARS]


def _start(
    name: str,
    question: Callable[[CallContext], object],
    context: CallContext,
    answer: Future[object],
) -> None:
    """Call in a thread of its own: an engine's native code cannot be interrupted, but the one who
    waits for it must stay able to give up or to be stopped."""

    def work() -> None:
        try:
            answer.set_result(question(context))
        except BaseException as error:
            answer.set_exception(redact_error(error))

    threading.Thread(
        target=contextvars.copy_context().run,
        args=(work,),
        name=f"provider {name}",
        daemon=True,
    ).start()


def _usable_s(limit_s: float) -> float:
    """The provider's share of the time: what it knows it has to say before nobody listens any more."""
    return limit_s - max(0.05 * limit_s, min(1.0, 0.25 * limit_s))


def _within(answer: Future[object], left_s: float, limit_s: float) -> object:
    done, _ = wait([answer], timeout=left_s)
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


def _said_of_the_call(failure: Exception) -> Decimal | None:
    """What a call cost, as its vendor said when it was asked about it; None when it did not say."""
    about_the_question = TransientFailure | CredentialRefused | OutOfService
    if isinstance(failure, CallFailure) and not isinstance(failure, about_the_question):
        return failure.cost_usd
    return None


def _wait(state: RetryCallState) -> float:
    """As long as the vendor says, else exponential with jitter. Seconds."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, NoAnswer):
        error = error.cause
    if isinstance(error, TransientFailure) and error.retry_after_s is not None:
        return max(error.retry_after_s, 0.0)
    return _BACKOFF(state)
