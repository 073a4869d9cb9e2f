"""The fault matrix: every adapter of a hosted vendor under every trouble its vendor can make.

Each cell is tried through the real pipeline, on PostgreSQL, with the vendor's own SDK against its
contract server, in up to three ways: the trouble comes once and a spare provider stands behind; it
stays, with the spare behind; it stays, with nobody behind, then it is over and the call is made again.
What must follow is worked out from what the trouble means (``matrix_rows.FATES``) and from what the
adapter declares, never from what was seen; what was seen is what the table shows.

Vendors here repeat the secret in every refusal, and both versions of a secret are valid. Only the waits
between two questions are not waited for: they are noted, and must be those the vendor asked for.
"""

from __future__ import annotations

import itertools
import re
import shutil
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import text

from content_platform.clock import utc_now
from content_platform.errors import ContentPlatformError, NoProviderLeft
from content_platform.hosted import hosted_providers
from content_platform.providers.breakers import BreakerState, Cause
from content_platform.providers.catalogue import Catalogue
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    CallResult,
    Produced,
    Provider,
    ProviderInfo,
)
from content_platform.providers.pipeline import Pipeline, call_key
from content_platform.security.secrets import Secrets
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Exchange,
    Refused,
    Trouble,
    VendorServer,
)
from content_platform_tests.providers.matrix_rows import ROWS, Fate, Row

_BILLS = {Trouble.HANGS, Trouble.CUT_AFTER, Trouble.TRUNCATED, Trouble.MALFORMED, Trouble.SLOW}
"""The vendor does the work and bills it, whatever comes of its answer."""
_SAYS = {
    Trouble.RATE_LIMITED: "429|430|rate limit|TooManyRequests",
    Trouble.SERVER_ERROR: "500|INTERNAL|ServiceError",
    Trouble.OVERLOADED: "503|529|455|429|UNAVAILABLE|ServiceUnavailable",
    Trouble.HANGS: "gave no whole answer|no answer within",
    Trouble.CUT_BEFORE: "gave no whole answer|cannot be reached",
    Trouble.CUT_AFTER: "gave no whole answer",
    Trouble.TRUNCATED: "gave no whole answer",
    Trouble.MALFORMED: "unknown form|cannot be read|no picture|without a picture|no sound|names no|cannot be decoded",
    Trouble.CONTENT_REFUSED: "refused|rejected|not allowed|blocked|violates|filtered|forbidden",
    Trouble.BAD_SECRET: "401|UNAUTHENTICATED|AuthenticationFailure",
    Trouble.NO_CREDIT: "credit|quota|402|plan is used up|balance|Forbidden",
}
"""What the final error must tell of each trouble."""
_A_MILLIONTH = Decimal("0.000001")
"""Costs are kept to so much, rounded up."""


class By(StrEnum):
    """Who answered a call."""

    VENDOR = "vendor"
    SPARE = "spare"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Expected:
    """What must be written down of a call, and what its vendor must have billed."""

    statuses: tuple[str, ...]
    """Of the attempts at the vendor."""
    by: By
    billed: int
    """How often the vendor billed."""


_OK, _FAILED, _AMBIGUOUS = "succeeded", "failed", "ambiguous"


def expected_once(row: Row, trouble: Trouble, *, has_secret: bool) -> Expected:
    """What follows when the trouble comes with the first request that does the work, and no more."""
    bills = int(trouble in _BILLS)
    match row.fate(trouble):
        case Fate.ANSWERED:
            return Expected((_OK,), By.VENDOR, 1)
        case Fate.NOT_DONE:
            return Expected((_FAILED, _OK), By.VENDOR, 1)
        case Fate.LOST if row.probe:
            return Expected((_OK,) if bills else (_FAILED, _OK), By.VENDOR, 1)
        case Fate.LOST:
            return Expected((_AMBIGUOUS, _OK), By.VENDOR, 1 + bills)
        case Fate.SECRET if has_secret:
            return Expected((_OK,), By.VENDOR, 1)
        case Fate.UNREADABLE:
            return Expected((_AMBIGUOUS,), By.SPARE, bills)
    return Expected((_FAILED,), By.SPARE, bills)


def expected_always(row: Row, trouble: Trouble) -> Expected:
    """What follows when the trouble stays."""
    bills = int(trouble in _BILLS)
    tries = 2 if trouble is Trouble.HANGS else 3  # all tries may take twice the time of one
    match row.fate(trouble):
        case Fate.ANSWERED:
            return Expected((_OK,), By.VENDOR, 1)
        case Fate.NOT_DONE:
            return Expected((_FAILED,) * tries, By.SPARE, 0)
        case Fate.LOST if row.probe:  # and nobody else may be asked before that is known
            return Expected((_AMBIGUOUS,), By.NOBODY, bills)
        case Fate.LOST:
            return Expected((_AMBIGUOUS,) * tries, By.SPARE, tries * bills)
        case Fate.UNREADABLE:
            return Expected((_AMBIGUOUS,), By.SPARE, bills)
    return Expected((_FAILED,), By.SPARE, bills)


@dataclass(frozen=True)
class Attempt:
    """One question to one provider, as the database has it."""

    provider: str
    status: str
    error: str
    estimate_usd: Decimal
    charged_usd: Decimal
    basis: str


@dataclass(frozen=True)
class Cell:
    """What one adapter did under one trouble, and how that differs from what it must do."""

    row: str
    trouble: Trouble
    once: str
    always: str
    problems: tuple[str, ...]
    billed_twice: int
    """Bills beyond the first that stand in no attempt as ambiguous, or as paid for nothing."""


class Spare:
    """Gives what the vendor gave when nothing was wrong; has no faults and costs nothing."""

    def __init__(self, good: CallResult[BaseModel], like: ProviderInfo, media: LocalMediaStore):
        self.info = ProviderInfo(
            name="spare", vendor="spare works", model="spare-1", model_version="1",
            capability=like.capability, licence="CC0-1.0", terms_url="https://example.org/terms",
            embedded=True,
        )  # fmt: skip
        self._good = good
        self._media = media

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        files = {}
        for role, ref in self._good.media.items():
            files[role] = context.workspace / f"{role}.{ref.mime.rpartition('/')[2]}"
            shutil.copyfile(self._media.local_path(ref), files[role])
        return Produced(self._good.output, files, "spare")


class _TwoVersions:
    """Every secret is just being rotated."""

    name = "the matrix"

    def __init__(self, newer: str, older: str) -> None:
        self.values = (newer, older)

    def read(self, name: str) -> Sequence[str]:
        return self.values


class Matrix:
    """Tries cells on a database with the current schema, and files below ``folder``."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._media = LocalMediaStore(folder / "media")
        self._numbers = itertools.count(1)
        self._spares: dict[str, Spare] = {}

    def cell(self, row: Row, trouble: Trouble) -> Cell:
        """One adapter under one trouble, in all ways."""
        spare = self.warm(row)
        with self._trial(row, trouble, spare) as trial:
            has_secret = bool(trial.provider.info.secret)
            trial.server.misbehave(trouble, at=row.order)
            once = trial.judged(expected_once(row, trouble, has_secret=has_secret), "once")
        trials = [trial]
        always = once
        expected = expected_always(row, trouble)
        if row.fate(trouble) is not Fate.ANSWERED:
            with self._trial(row, trouble, spare) as trial:
                trial.stays()
                always = trial.judged(expected, "always")
            trials.append(trial)
            with self._trial(row, trouble, None) as trial:
                trial.stays()
                trial.judged(expected, "nobody behind")
                trial.over(expected)
            trials.append(trial)
        problems = tuple(problem for trial in trials for problem in trial.problems)
        twice = sum(trial.billed_twice for trial in trials)
        return Cell(row.name, trouble, once, always, problems, twice)

    def warm(self, row: Row) -> Spare:
        """The spare of a row, of what its vendor gives when nothing is wrong; that is looked at as well."""
        if row.name not in self._spares:
            with self._trial(row, None, None) as trial:
                trial.judged(Expected((_OK,), By.VENDOR, 1), "no trouble")
                assert trial.problems == [], trial.problems
                assert isinstance(trial.outcome, CallResult)
                self._spares[row.name] = Spare(trial.outcome, trial.provider.info, self._media)
        return self._spares[row.name]

    @contextmanager
    def _trial(self, row: Row, trouble: Trouble | None, spare: Spare | None) -> Iterator[Trial]:
        number = next(self._numbers)
        folder = self._folder / str(number)
        folder.mkdir(parents=True)
        versions = _TwoVersions(f"7wQ-newer+{number}/zP0x9v", f"3kD-older+{number}/uN8b2m")
        secrets = Secrets([versions])
        server = row.serve()
        if server.secrets:
            server.secrets = versions.values
        _repeat_secrets(server)
        with server:
            entry = row.entry(server.url)
            entry = entry.model_copy(
                update={
                    "name": f"{entry.name}-{number}",
                    "timeout_s": row.hangs_s if trouble is Trouble.HANGS else 120,
                }
            )
            models = Catalogue({entry.name: entry})
            (provider,) = hosted_providers(models, secrets, clock=utc_now, media=self._media)
            waits: list[float] = []
            pipeline = Pipeline(
                self._database,
                self._media,
                [provider] if spare is None else [spare, provider],
                clock=utc_now,
                scratch_dir=folder / "scratch",
                secrets=secrets,
                sleep=waits.append,
            )
            request = row.ask(self._media, folder)
            yield Trial(
                row, trouble, server, provider, pipeline, waits, request, number, versions.values,
                self._database,
            )  # fmt: skip
            pipeline.close()
        shutil.rmtree(folder, ignore_errors=True)


class Trial:
    """One call to a vendor that has never been asked before, and all that can be known of it."""

    def __init__(
        self,
        row: Row,
        trouble: Trouble | None,
        server: VendorServer,
        provider: Provider,
        pipeline: Pipeline,
        waits: list[float],
        request: CallRequest[BaseModel],
        number: int,
        secrets: Sequence[str],
        database: Database,
    ) -> None:
        self.row = row
        self.trouble = trouble
        self.server = server
        self.provider = provider
        self.problems: list[str] = []
        self.outcome: CallResult[BaseModel] | ContentPlatformError | None = None
        self._pipeline = pipeline
        self._waits = waits
        self._request = request
        self._number = number
        self._story = f"matrix_20261122_{number:04d}"
        self._key = call_key(request, number)
        self._secrets = secrets
        self._database = database

    def stays(self) -> None:
        """The trouble comes with the first request that does the work, and with all that follow."""
        assert self.trouble is not None
        self.server.misbehave(self.trouble, at=self.row.order)
        self.server.misbehave(*[self.trouble] * 40)

    def judged(self, expected: Expected, way: str) -> str:
        """Make the call and hold all that it left behind against what must be; what was seen, in short."""
        self._ask()
        found = self._attempts()
        self._way = way
        self._hold_attempts(expected, found)
        self._hold_outcome(expected, found)
        self._hold_money(found)
        self._hold_evidence()
        self._hold_waits(found)
        self._hold_breaker(expected)
        self._hold_secrets()
        differs = self.server.violations
        self._check(not differs, f"against the vendor's own specification: {differs}")
        return self._in_short(found)

    def over(self, expected: Expected) -> None:
        """The trouble is over: the same call is made again, and nothing is paid a second time unsaid."""
        self._way = "when it was over"
        self.server.behave()
        name = self.provider.info.name
        if self.row.fate(self.trouble or Trouble.SLOW) is Fate.NO_CREDIT:
            seen = len(self.server.journal)
            self._ask()
            self._check(
                isinstance(self.outcome, NoProviderLeft)
                and "its breaker is open" in str(self.outcome)
                and len(self.server.journal) == seen,
                f"its account is out of service, and it was asked: {self.outcome}",
            )
            self._pipeline.breakers.reset(name)
        self._ask()
        found = self._attempts()
        finds = bool(self.row.probe) and expected.by is By.NOBODY and expected.billed
        before = () if finds else expected.statuses
        if expected.by is By.NOBODY and not finds:
            before = (_FAILED,)  # the vendor says that it did nothing
        billed = expected.billed + (0 if finds else 1)
        self._hold_attempts(Expected((*before, _OK), By.VENDOR, billed), found)
        self._hold_outcome(Expected((), By.VENDOR, 0), found)
        self._hold_money(found)
        self._hold_evidence()
        self._hold_secrets()

    @property
    def billed_twice(self) -> int:
        told = [
            attempt
            for attempt in self._of_vendor(self._attempts())
            if attempt.status == _AMBIGUOUS or (attempt.status == _FAILED and attempt.charged_usd)
        ]
        return max(0, len(self._bills()) - 1 - len(told))

    # Holding what is there against what must be

    def _check(self, good: object, problem: str) -> None:
        if not good:
            self.problems.append(f"{self.row.name}, {self.trouble}, {self._way}: {problem}")

    def _hold_attempts(self, expected: Expected, found: Sequence[Attempt]) -> None:
        mine = tuple(attempt.status for attempt in self._of_vendor(found))
        told = "; ".join(f"{attempt.status}: {attempt.error}" for attempt in found)
        self._check(mine == expected.statuses, f"{mine}, not {expected.statuses} ({told})")
        bills = len(self._bills())
        self._check(bills == expected.billed, f"billed {bills} times, not {expected.billed}")
        # Whatever the vendor was asked for stands in the database: one attempt, a version of the secret each.
        orders = [
            exchange
            for exchange in self.server.journal
            if re.search(self.row.order, f"{exchange.method} {exchange.path}")
        ]
        refused = self.trouble is Trouble.BAD_SECRET and bool(self.provider.info.secret)
        most = len(mine) * (2 if refused else 1)
        self._check(len(orders) <= most, f"asked {len(orders)} times in {len(mine)} attempts")

    def _hold_outcome(self, expected: Expected, found: Sequence[Attempt]) -> None:
        name = self.provider.info.name
        outcome = self.outcome
        behind = any(provider.info.name == "spare" for provider in self._pipeline.providers)
        if expected.by is By.VENDOR or (expected.by is By.SPARE and behind):
            answered = name if expected.by is By.VENDOR else "spare"
            self._check(
                isinstance(outcome, CallResult) and outcome.provider == answered,
                f"{answered} should have answered: {outcome!r}",
            )
            if isinstance(outcome, CallResult):
                seen = len(self.server.journal)
                self._ask()
                self._check(
                    isinstance(self.outcome, CallResult) and self.outcome.reused,
                    f"made again, the call is not recognised: {self.outcome!r}",
                )
                self._check(len(self.server.journal) == seen, "made again, the vendor is asked")
                self.outcome = outcome
            return
        self._check(isinstance(outcome, NoProviderLeft), f"not the right error: {outcome!r}")
        said = str(outcome)
        self._check(name in said, f"the error does not name {name}: {said}")
        if expected.by is By.NOBODY:
            self._check(
                "its answer was lost" in said, f"the error does not tell of a doubt: {said}"
            )
            self._check(self._status() == _AMBIGUOUS, f"the call is {self._status()}")
            return
        last = found[-1].error if found else "no attempt"
        self._check(last.rstrip(".") in said, f"the error does not say why: {said} (but: {last})")
        assert self.trouble is not None
        self._check(re.search(_SAYS[self.trouble], said, re.I), f"the error says: {said}")
        self._check(self._status() == _FAILED, f"the call is {self._status()}")

    def _hold_money(self, found: Sequence[Attempt]) -> None:
        """The ledger against the vendor's own meter."""
        mine = self._of_vendor(found)
        doubtful = [attempt for attempt in mine if attempt.status == _AMBIGUOUS]
        known = sum((each.charged_usd for each in mine if each not in doubtful), Decimal(0))
        lost = sum((bill.billed_usd for bill in self._bills() if self._is_lost(bill)), Decimal(0))
        if not doubtful:
            lost = Decimal(0)
        off = known - (self.server.billed_usd - lost)
        self._check(
            0 <= off < _A_MILLIONTH * max(1, len(mine)),
            f"${known} in the ledger, ${self.server.billed_usd} at the vendor, ${lost} of it ambiguous",
        )
        for attempt in doubtful:
            self._check(
                attempt.basis == "estimate" and attempt.charged_usd == attempt.estimate_usd,
                f"an ambiguous attempt is charged ${attempt.charged_usd} ({attempt.basis}) "
                f"and not its estimate of ${attempt.estimate_usd}",
            )
        estimates = sum((attempt.charged_usd for attempt in doubtful), Decimal(0))
        self._check(lost <= estimates, f"${lost} were billed in doubt, ${estimates} are set down")
        paid = [each for each in mine if each.status == _OK or each.charged_usd > 0]
        self._check(len(self._bills()) <= len(paid), "the vendor billed what no attempt tells of")
        self._check(self.billed_twice == 0, f"billed {self.billed_twice} times too often")
        total = self._pipeline.story_cost(self._story).usd
        self._check(total == known + estimates, f"the story cost ${total}")
        if isinstance(self.outcome, CallResult):
            self._check(self.outcome.cost_usd == total, f"the result says ${self.outcome.cost_usd}")

    def _hold_evidence(self) -> None:
        rows = self._rows(
            "SELECT provider, licence, terms_url, response_id, media_sha256 "
            "FROM content.evidence WHERE call_key = :key"
        )
        if not isinstance(self.outcome, CallResult):
            self._check(not rows, "there is evidence of a call that nobody answered")
            return
        self._check(len(rows) == 1, f"{len(rows)} lines of evidence for one result")
        for row in rows:
            files = sorted({ref.sha256 for ref in self.outcome.media.values()})
            self._check(
                row.provider == self.outcome.provider and row.media_sha256 == files,
                "the evidence is not of this result",
            )
            named = row.response_id or (row.provider != "spare" and not self.row.names_answers)
            self._check(row.licence and row.terms_url and named, f"evidence with gaps: {row}")

    def _hold_waits(self, found: Sequence[Attempt]) -> None:
        """Before each further question as long as the vendor said, else a random while that grows."""
        tries = len(self._of_vendor(found))
        waits = tries - 1
        if self.row.probe and self._status() == _AMBIGUOUS:
            if self.trouble is Trouble.HANGS:
                return  # how often it is probed depends on the time that is left
            waits += 2
        self._check(len(self._waits) == waits, f"waited {self._waits} for {tries} attempts")
        for number, wait in enumerate(self._waits):
            if self.trouble is Trouble.RATE_LIMITED and self.row.retry_after_s is not None:
                right = wait == self.row.retry_after_s
            else:
                right = 0 < wait <= 0.5 * 2**number
            self._check(right, f"waited {wait} s before attempt {number + 2}")

    def _hold_breaker(self, expected: Expected) -> None:
        name = self.provider.info.name
        breaker = self._pipeline.breakers.find([name]).get(name)
        fate = self.row.fate(self.trouble) if self.trouble else Fate.ANSWERED
        if fate is Fate.NO_CREDIT:
            self._check(
                breaker is not None
                and breaker.state is BreakerState.OPEN
                and breaker.cause is Cause.OUT_OF_SERVICE,
                f"the account has no credit, and its breaker is {breaker}",
            )
            return
        failures = int(expected.by is By.SPARE and fate is not Fate.FORBIDDEN)
        seen = breaker.failures if breaker else 0
        self._check(seen == failures, f"its breaker counts {seen} failures, not {failures}")

    def _hold_secrets(self) -> None:
        shown = []
        if isinstance(self.outcome, Exception):
            shown += traceback.format_exception(self.outcome)
        tables = ("provider_calls", "provider_attempts", "evidence", "cost_entries")
        for table in tables:
            query = f"SELECT t::text FROM content.{table} t WHERE call_key = :key"
            shown += [row[0] for row in self._rows(query)]
        shown += [row[0] for row in self._rows("SELECT t::text FROM content.provider_breakers t")]
        everything = "\n".join(shown)
        for secret in self._secrets:
            self._check(secret[4:-4] not in everything, "the secret is written down")

    # Looking

    def _ask(self) -> None:
        try:
            self.outcome = self._pipeline.run(
                self._request, story_id=self._story, attempt=self._number
            )
        except ContentPlatformError as error:
            self.outcome = error

    def _attempts(self) -> list[Attempt]:
        rows = self._rows(
            """
            SELECT provider, status, error, estimate_usd,
                   coalesce((SELECT sum(amount_usd) FROM content.cost_entries AS entry
                              WHERE entry.call_key = attempt.call_key
                                AND attempt_number = number), 0) AS charged_usd,
                   coalesce((SELECT basis FROM content.cost_entries AS entry
                              WHERE entry.call_key = attempt.call_key AND attempt_number = number
                              ORDER BY entry.entry DESC LIMIT 1), '') AS basis
              FROM content.provider_attempts AS attempt
             WHERE call_key = :key
             ORDER BY number
            """
        )
        return [Attempt(*row) for row in rows]

    def _rows(self, query: str) -> Sequence[object]:
        with self._database.transaction() as connection:
            bound = {"key": self._key} if ":key" in query else {}
            return connection.execute(text(query), bound).all()

    def _status(self) -> str:
        (call,) = self._pipeline.calls(self._story)
        return call.status

    def _of_vendor(self, found: Iterable[Attempt]) -> list[Attempt]:
        return [attempt for attempt in found if attempt.provider == self.provider.info.name]

    def _bills(self) -> list[Exchange]:
        return [exchange for exchange in self.server.journal if exchange.billed_usd > 0]

    def _is_lost(self, bill: Exchange) -> bool:
        """Whether nobody but the vendor can know of a bill."""
        lost = (Fate.LOST, Fate.UNREADABLE)
        return bill.trouble is not None and self.row.fate(bill.trouble) in lost

    def _probes(self) -> int:
        return bool(self.row.probe) and sum(
            bool(re.search(self.row.probe, f"{exchange.method} {exchange.path}"))
            for exchange in self.server.journal
        )

    def _in_short(self, found: Sequence[Attempt]) -> str:
        mine = self._of_vendor(found)
        steps = [f"retry {len(mine) - 1}"] if len(mine) > 1 else []
        if self._probes():
            steps.insert(0, "probe")
        if isinstance(self.outcome, CallResult) and self.outcome.provider != "spare":
            if self.trouble is Trouble.BAD_SECRET:
                steps.append("other secret")
            steps.append("ok")
        elif self._status() == _AMBIGUOUS:
            steps.append("in doubt")
        elif self._pipeline.breakers.find([self.provider.info.name]) and (
            self.row.fate(self.trouble or Trouble.SLOW) is Fate.NO_CREDIT
        ):
            steps += ["breaker", "fallback"]
        else:
            steps.append("fallback")
        doubtful = sum(attempt.status == _AMBIGUOUS for attempt in mine)
        return " → ".join(steps) + (f", ambiguous {doubtful}" if doubtful else "")


def _repeat_secrets(server: VendorServer) -> None:
    """Let the vendor say in every refusal which secrets it knows, as none should."""
    refusal = server.refusal

    def indiscreet(refused: Refused) -> Answer:
        said = f"{refused.message} ({' '.join(server.secrets)})"
        return refusal(Refused(refused.status, said, refused.code))

    server.refusal = indiscreet  # type: ignore[method-assign]


def try_all(database: Database, folder: Path, *, workers: int) -> list[Cell]:
    """Every adapter under every trouble, in the order of both; so many at once, as most of it is waiting."""
    matrix = Matrix(database, folder)
    for row in ROWS:  # imports a vendor's SDK, which is not to be done in a call's time
        matrix.warm(row)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda pair: matrix.cell(*pair), itertools.product(ROWS, Trouble)))
