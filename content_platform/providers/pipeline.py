"""The one way to any provider: every paid, limited, outside or embedded call goes through here.

The steps, in the order of ``Pipeline.run``:

1. key: what is asked, without who answers it; a finished key returns its stored result at once
2. order: providers as the caller ranks them, without those that cannot do the request, have
   retired, lack their secret, or whose breaker is open
3. claim, in one transaction: one worker owns the call, others wait for its result; its estimate is
   set aside in every budget
4. limits: the account's rate and calls at once, for all processes together
5. call, with no transaction open: a time limit, retries where repeating is harmless; after a doubt
   the vendor is asked what happened, where it can be
6. keep the files in the media store
7. settle, in one transaction: result, evidence, cost
8. else the next provider; when none is left, an error that lists each and why

Steps 4 to 7 are in ``asking``. No SQL belongs here (``ledger``), and nothing about one vendor
(``<room>/adapters``).
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import cast

from pydantic import SecretStr, ValidationError

from content_platform.clock import Clock
from content_platform.errors import (
    BudgetExceeded,
    CallInProgress,
    ContentPlatformError,
    DefectiveMedia,
    NoProviderLeft,
    NotFound,
    StorageUnavailable,
)
from content_platform.providers import accounts
from content_platform.providers.asking import (
    AnyRequest,
    AnyResult,
    Asker,
    LeftInDoubt,
    NoAnswer,
    can_probe,
    described,
    estimate,
    storable,
)
from content_platform.providers.attempts import InDoubt
from content_platform.providers.breakers import Breaker, Breakers, Cause
from content_platform.providers.leases import Leases
from content_platform.providers.ledger import (
    Alert,
    Busy,
    Claim,
    Ledger,
    LostClaim,
    NewCall,
)
from content_platform.providers.limits import Limits, NoRoom
from content_platform.providers.models import (
    CallRequest,
    CallResult,
    CallSummary,
    ContentRefused,
    OutOfService,
    OutputT,
    Provider,
    ProviderInfo,
    SecretSource,
    Shortage,
    StoryCost,
)
from content_platform.providers.reservations import StoryBudget
from content_platform.security.redaction import redact
from content_platform.storage.database import Database
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.storage.scratch import OwnedFolder

_POLL_S = (0.02, 0.5)
"""How often a waiting worker looks for the owner's result: at first, and at most."""

_log = logging.getLogger(__name__)


def call_key(request: CallRequest[OutputT], attempt: int = 0) -> str:
    """A call's identity: sha256 over what is asked and the wilful attempt, not over who is asked.

    Raises BadInput for text that PostgreSQL cannot hold.
    """
    identity = {
        "capability": request.capability,
        "kind": type(request).__name__,
        "request": storable(request, "The request"),
        "attempt": attempt,
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class NoSecrets:
    """A source that knows no secret: enough for providers that need none."""

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        return ()

    def refused(self, name: str) -> None:
        pass


@dataclass
class _Candidates:
    """Who may still be asked, best first, and why the others are not."""

    left: list[Provider]
    reasons: list[str]
    breakers: dict[str, Breaker] = field(default_factory=dict)
    """Of those left, as far as they are not as new."""
    over_budget: BudgetExceeded | None = None
    """The provider's own budget that kept one of them from being asked, if one did."""

    def drop(self, provider: Provider, reason: str) -> None:
        self.left.remove(provider)
        self.reasons.append(f"{provider.info.name}: {reason}")

    def none_left(self, request: AnyRequest) -> ContentPlatformError:
        """The error that ends the call. Work that only lacks money is deferred, not failed."""
        if self.over_budget is not None:
            return self.over_budget
        why = "; ".join(reason.rstrip(".") for reason in self.reasons)
        return NoProviderLeft(
            f"No provider could {request.capability} this: {why or 'none is set up for this'}.",
            remedy="Cure one of these causes, then run again.",
        )


class Pipeline:
    """Calls providers, each request once. Safe to share between threads and processes.

    ``providers`` may be a function, called when somebody is asked for the first time: most commands
    ask nobody. ``story_budget`` tells what a story may cost in total, ``alert`` is told of budgets that pass
    their soft limit; neither is asked for calls that cost nothing. ``sleep`` passes the seconds between
    two questions to the same provider.
    """

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        providers: Sequence[Provider] | Callable[[], Sequence[Provider]],
        *,
        clock: Clock,
        scratch_dir: Path,
        lease_s: float = 30,
        secrets: SecretSource | None = None,
        story_budget: StoryBudget = lambda _: None,
        alert: Alert = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._media = media
        self._given = providers
        self._clock = clock
        self._secrets = secrets or NoSecrets()
        self._ledger = Ledger(database, clock, lease_s, story_budget=story_budget, alert=alert)
        self._leases = Leases(self._ledger, lease_s)
        self._scratch = OwnedFolder(scratch_dir)
        self._asker = Asker(
            database,
            self._ledger,
            media,
            self._secrets,
            Limits(database, clock),
            clock=clock,
            sleep=sleep,
            scratch=self._scratch,
        )
        self.breakers = Breakers(database, clock)

    @cached_property
    def _providers(self) -> list[Provider]:
        return list(self._given() if callable(self._given) else self._given)

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
        NoProviderLeft, BudgetExceeded, CallInProgress, BadInput, StorageUnavailable.
        """
        return cast(
            CallResult[OutputT],
            self._run(cast(AnyRequest, request), story_id, attempt, prefer),
        )

    def require(self, request: CallRequest[OutputT], *, prefer: Sequence[str] = ()) -> None:
        """Raise NoProviderLeft when nobody here could do ``request``; nobody is asked.

        A breaker that is open today is no reason: it may be closed when the request comes.
        """
        able = self._able(cast(AnyRequest, request), prefer)
        if not able.left:
            raise able.none_left(cast(AnyRequest, request))

    def _run(
        self, request: AnyRequest, story_id: str, attempt: int, prefer: Sequence[str]
    ) -> AnyResult:
        key = call_key(request, attempt)
        result, useless = self._stored_result(key, request)
        if result is not None:
            return result
        call = NewCall(
            key=key,
            story_id=story_id,
            capability=request.capability,
            attempt=attempt,
            redacted_request=redact(request.model_dump(mode="json")),
        )
        candidates = self._candidates(request, prefer)
        probed = frozenset(p.info.name for p in self._providers if can_probe(p))
        longest_s = max((provider.info.timeout_s for provider in candidates.left), default=0)
        deadline = time.monotonic() + longest_s
        pause = _POLL_S[0]
        while True:
            first, price = self._first(candidates, request)
            try:
                found = self._ledger.claim(
                    call, first.info, price, useless=useless, can_probe=probed
                )
            except BudgetExceeded as refused:
                self._over_budget(candidates, first, refused)
                continue
            if isinstance(found, Claim):
                try:
                    return self._make(found, first, request, candidates)
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

    def close_lapsed(self) -> int:
        """Close and charge calls whose worker has been silent for longer than its lease."""
        return self._ledger.close_lapsed()

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Who is set up here. To look at, not to call."""
        return tuple(self._providers)

    def why_not(self, info: ProviderInfo) -> str | None:
        """Why a provider is asked nothing at all now, breakers aside; None when it may be."""
        if info.retires_on is not None and info.retires_on <= self._clock().date():
            return f"its model {info.model} retired on {info.retires_on}"
        try:
            if info.secret and not self._secrets.versions(info.secret):
                return f"{info.secret} is not set"
        except ContentPlatformError as error:
            return f"{info.secret} cannot be looked up: {described(error)}"
        return None

    def has_room(self, story_id: str, shortage: Shortage) -> bool:
        """Whether a story's call that no budget had room for would find some now."""
        breaker = self.breakers.find([shortage.provider]).get(shortage.provider)
        if breaker is not None and breaker.cause is Cause.BUDGET and breaker.refuses(self._clock()):
            return False
        return self._ledger.has_room(story_id, shortage.provider, shortage.usd)

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

    def _able(self, request: AnyRequest, prefer: Sequence[str]) -> _Candidates:
        """Providers that can do the request, best first, and why the others cannot."""
        ranked = [p for p in self._providers if p.info.capability is request.capability]
        known = {p.info.name for p in ranked}
        able = _Candidates([], [f"{name}: not set up here" for name in prefer if name not in known])
        rank = {name: place for place, name in enumerate(prefer)}
        ranked.sort(key=lambda p: (rank.get(p.info.name, len(rank)), p.info.embedded))
        for provider in ranked:
            reason = provider.refusal(request) or self.why_not(provider.info)
            if reason is None:
                able.left.append(provider)
            else:
                able.reasons.append(f"{provider.info.name}: {reason}")
        return able

    def _candidates(self, request: AnyRequest, prefer: Sequence[str]) -> _Candidates:
        """Those of the able that may be asked now, breakers looked at."""
        found = self._able(request, prefer)
        hosted = [p.info.name for p in found.left if not p.info.embedded]
        found.breakers = self.breakers.find(hosted) if hosted else {}
        now = self._clock()
        for provider in list(found.left):
            breaker = found.breakers.get(provider.info.name)
            reason = breaker.refuses(now) if breaker else None
            if breaker and reason:
                found.drop(provider, reason)
                if breaker.cause is Cause.BUDGET:
                    with suppress(NoAnswer):  # nobody can tell what it would cost
                        found.over_budget = BudgetExceeded(
                            breaker.reason,
                            remedy="Wait until then, or raise it: content-platform budget set "
                            f"provider {provider.info.name} …",
                            asked=provider.info.name,
                            amount_usd=estimate(provider, request),
                            resume_at=breaker.retry_at,
                            provider=provider.info.name,
                        )
        return found

    def _first(self, candidates: _Candidates, request: AnyRequest) -> tuple[Provider, Decimal]:
        """The next provider to ask and what it will cost at most. Raises when none is left."""
        while candidates.left:
            provider = candidates.left[0]
            try:
                price = estimate(provider, request)
            except NoAnswer as unpriced:
                candidates.drop(provider, str(unpriced))
                continue
            if self._may_try(candidates, provider):
                return provider, price
            candidates.drop(provider, "its breaker is half-open, another call is trying it")
        raise candidates.none_left(request)

    def _may_try(self, candidates: _Candidates, provider: Provider) -> bool:
        """True for a closed breaker, and for the one call that tries a provider after its pause."""
        breaker = candidates.breakers.get(provider.info.name)
        if breaker is None or breaker.retry_at is None:
            return True
        candidates.breakers[provider.info.name] = breaker.model_copy(update={"retry_at": None})
        return self.breakers.take_trial(provider.info.name, 2 * provider.info.timeout_s)

    def _over_budget(
        self, candidates: _Candidates, provider: Provider, refused: BudgetExceeded
    ) -> None:
        """Go on without a provider whose own budget is used up; any other budget ends the call."""
        if refused.provider is None:
            raise refused
        candidates.drop(provider, refused.message)
        candidates.over_budget = refused
        self.breakers.open([provider.info.name], Cause.BUDGET, refused.message, refused.resume_at)

    def _make(
        self, claim: Claim, first: Provider, request: AnyRequest, candidates: _Candidates
    ) -> AnyResult:
        """Ask one provider after the other. The call is let go of, whatever happens."""
        with self._leases.hold(claim):
            try:
                provider, number = first, claim.number if claim.doubt is None else None
                if claim.doubt is not None:
                    result = self._resolve(claim, claim.doubt, request)
                    if result is not None:
                        return result
                while True:
                    try:
                        result = self._asker.ask(claim, number, provider, request)
                    except NoAnswer as failure:
                        candidates.drop(provider, str(failure))
                        self._feed_breaker(candidates, provider, failure)
                    except BudgetExceeded as refused:
                        self._over_budget(candidates, provider, refused)
                    else:
                        with suppress(StorageUnavailable):  # the answer is saved all the same
                            self._note_answer(candidates, provider)
                        return result
                    provider, number = self._first(candidates, request)[0], None
            except LostClaim:
                raise
            except LeftInDoubt as left:
                raise _in_doubt(claim.call, left.doubt) from None
            except BaseException as error:
                with suppress(StorageUnavailable):  # then the lease runs out instead
                    self._ledger.give_up(claim, described(error))
                raise

    def _resolve(self, claim: Claim, doubt: InDoubt, request: AnyRequest) -> AnyResult | None:
        """What became of an attempt that a worker before us left in doubt."""
        provider = next(p for p in self._providers if p.info.name == doubt.provider)
        try:
            return self._asker.resolve(claim, doubt, provider, request)
        except NoAnswer as failure:
            _log.warning(
                "what %s did for call %s is of no use: %s", doubt.provider, claim.call.key, failure
            )
            return None

    def _note_answer(self, candidates: _Candidates, provider: Provider) -> None:
        if provider.info.name in candidates.breakers:
            self.breakers.answered(provider.info.name)

    def _feed_breaker(self, candidates: _Candidates, provider: Provider, failure: NoAnswer) -> None:
        """Let the breaker know what a failure says about the provider, if it says anything."""
        info, cause = provider.info, failure.cause
        if info.embedded or isinstance(cause, NoRoom):
            return
        if isinstance(cause, OutOfService):
            account = [
                other.info.name
                for other in self._providers
                if other is provider or (info.account and other.info.account == info.account)
            ]
            self.breakers.open(account, Cause.OUT_OF_SERVICE, str(failure), cause.back_at)
        elif isinstance(cause, ContentRefused):  # it works, only not for this
            self._note_answer(candidates, provider)
        elif not isinstance(cause, ContentPlatformError) or isinstance(cause, DefectiveMedia):
            self.breakers.failed(info.name, str(failure))


def _in_doubt(call: NewCall, doubt: InDoubt) -> NoProviderLeft:
    return NoProviderLeft(
        f"{doubt.provider} was asked at {doubt.started_at:%Y-%m-%d %H:%M:%S} UTC to {call.capability} "
        f"for {call.story_id} (call {call.key[:12]}, attempt {doubt.number}), its answer was lost, "
        "and asking twice may pay or publish twice.",
        remedy=f"Look up at {doubt.provider} whether it was done; to have it done again on "
        f"purpose, ask with an attempt above {call.attempt}.",
    )
