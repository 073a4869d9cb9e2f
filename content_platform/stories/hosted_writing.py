"""Writers that are language models behind somebody's API: one conversation, its limits, its money.

An adapter says how its vendor is asked (``HostedWriter.ask``); everything else is here: what is
refused, what a call may cost at most, the second question after an answer that cannot be used, and
what both came to. The words of the questions are ``asking``'s, the reading ``answers``'.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.providers.catalogue import ModelEntry, Unit, UnknownPrice
from content_platform.providers.hosted import lost_answer, not_reached, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    CredentialRefused,
    OutOfService,
    Produced,
    ProviderInfo,
    TransientFailure,
)
from content_platform.stories.answers import Reading, read_answer
from content_platform.stories.asking import (
    MOST_AGAIN_BYTES,
    Question,
    asked_again,
    question_for,
)
from content_platform.stories.models import WriteRequest
from content_platform.vocabulary import language_of

THINKING_TOKENS = 4_096
"""What a model may think before it writes, where the entry's option ``thinking_tokens`` does not say."""
_FIRST = "first answer"
_CACHE_WRITE_SHARE = Decimal("1.25")
"""Vendors that bill the writing of their prompt cache take this much of an input token's price."""


class Ending(Enum):
    """Why an answer ended."""

    COMPLETE = auto()
    CUT = auto()
    """At the limit of tokens."""
    REFUSED = auto()
    """The vendor's rules, or the model's, forbid it."""
    BROKEN = auto()
    """The vendor broke off; asking once more may help."""


@dataclass(frozen=True)
class Tokens:
    """What the vendor says that one question took. ``cached`` and ``cache_writes`` are of the input."""

    input: int
    output: int
    cached: int = 0
    cache_writes: int = 0


@dataclass(frozen=True)
class Reply:
    """One answer. ``tokens`` is None when the server does not say."""

    text: str
    ending: Ending
    tokens: Tokens | None
    response_id: str
    reason: str = ""
    """What was said with a refusal."""


class HostedWriter(ABC):
    """Tells new stories and translates told ones, in any language its model knows.

    Options of its entry: ``thinking_tokens`` (how many a model may spend before it writes), and
    what the adapter adds. Limits: ``words`` of a story, ``input_tokens`` and ``output_tokens`` of
    a question and its answer.
    """

    def __init__(self, entry: ModelEntry, *, clock: Clock = utc_now) -> None:
        self._entry = entry
        self._clock = clock

    @abstractmethod
    def ask(self, question: Question, context: CallContext, timeout_s: float) -> Reply:
        """Put one question to the vendor, without retries. Raises CallFailure."""

    @property
    def info(self) -> ProviderInfo:
        return self._entry.info()

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Why this model is not asked for this story, or None."""
        if not isinstance(request, WriteRequest):
            return "only writes stories"
        if self._entry.unaccepted is not None:
            return self._entry.unaccepted
        languages = {language_of(locale) for locale in self._entry.locales}
        if languages and language_of(request.locale) not in languages:
            return f"does not write {request.locale!r}; it writes {', '.join(sorted(languages))}"
        words = self._entry.limits.get("words")
        if words is not None and request.target_words > words:
            return f"writes up to {words} words, not {request.target_words}"
        question = question_for(request)
        for kind, needed in (
            ("output_tokens", question.most_tokens),
            ("input_tokens", self._longest(question)[1].input),
        ):
            if needed > self._entry.limits.get(kind, needed):
                return f"takes up to {self._entry.limits[kind]} {kind}; this may need {needed}"
        try:
            self._most_of_both(question)
        except UnknownPrice as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Two questions, as long as they can be, with answers up to the limit. Raises UnknownPrice."""
        if not isinstance(request, WriteRequest):
            raise TypeError(f"{self._entry.name} cannot do a {type(request).__name__}")
        return self._most_of_both(question_for(request))

    def _most_of_both(self, question: Question) -> Decimal:
        return sum(map(self._most_usd, self._longest(question)), Decimal(0))

    def _longest(self, question: Question) -> tuple[Tokens, Tokens]:
        """The most that the first and the second question can take."""
        most = self.token_limit(question)
        return (
            Tokens(question.most_input_tokens, most),
            Tokens(question.most_input_tokens + most + MOST_AGAIN_BYTES, most),
        )

    def token_limit(self, question: Question) -> int:
        """How many tokens an answer may have, thinking included."""
        wanted = question.most_tokens + int(
            self._entry.options.get("thinking_tokens", THINKING_TOKENS)
        )
        return min(wanted, self._entry.limits.get("output_tokens", wanted))

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Have the story told; ask once more, with what is wrong, when it cannot be used."""
        if not isinstance(request, WriteRequest):
            raise TypeError(f"{self._entry.name} cannot do a {type(request).__name__}")
        question = question_for(request)
        first = self._first(question, request, context)
        if not first.reading.problems:
            return first.produced()
        try:
            second = self._answered(
                asked_again(question, first.said, first.reading.problems), request, context
            )
        except CallFailure as failure:
            if failure.cost_usd is None:
                raise
            if first.reading.draft is not None:  # good enough, and paid for
                return first.produced(more_usd=failure.cost_usd)
            failure.cost_usd += first.cost_usd
            if not isinstance(failure, TransientFailure | CredentialRefused | OutOfService):
                context.parts.forget(_FIRST)
            raise
        usable = [one for one in (second, first) if one.reading.draft is not None]
        both = first.cost_usd + second.cost_usd
        if not usable:
            context.parts.forget(_FIRST)
            raise CallFailure(
                f"{self._entry.vendor} told no story that can be used, asked twice: "
                + " ".join(second.reading.problems),
                cost_usd=both,
            )
        best = min(usable, key=lambda one: (bool(one.reading.problems), one.reading.off))
        ids = " ".join(filter(None, (first.response_id, second.response_id)))
        return Produced(output=best.story, response_id=ids, cost_usd=both)

    # For adapters

    def secret(self, context: CallContext) -> str:
        """The secret to send; empty when none is needed. Raises CredentialRefused."""
        if not self._entry.secret:
            return ""
        if context.secret is None:
            raise CredentialRefused(f"{self._entry.secret} is not set")
        return context.secret.get_secret_value()

    def unanswered(self, error: Exception) -> TransientFailure:
        """What no answer means: never reached, or lost on the way.

        The SDKs' HTTP library is theirs, so its errors are known by name here.
        """
        cause: BaseException | None = error
        while cause is not None:
            if type(cause).__name__ in ("ConnectError", "ConnectTimeout"):
                return not_reached(self._entry.vendor, error)
            cause = cause.__cause__
        return lost_answer(self._entry.vendor, error)

    def misshapen(self, why: str, tokens: Tokens | None = None) -> CallFailure:
        """An answer that came whole and is not what the vendor's API answers with."""
        return CallFailure(
            f"{self._entry.vendor} answered in an unknown form: {quoted(why)}",
            cost_usd=None if tokens is None else self._usd(tokens),
        )

    # Money and reading

    @property
    def _today(self) -> date:
        return self._clock().date()

    def _first(self, question: Question, request: WriteRequest, context: CallContext) -> _Answered:
        """The first question's answer; the one that an earlier attempt paid for, if it got no further."""
        kept = context.parts.get(_FIRST)
        if kept is not None:
            known = json.loads(kept.note)
            reading = read_answer(known["said"], request, cut=not known["said"])
            return _Answered(reading, known["said"], known["response_id"], Decimal(0))
        first = self._answered(question, request, context)
        if first.reading.problems:
            note = json.dumps({"said": first.said, "response_id": first.response_id})
            context.parts.keep(_FIRST, note=note, cost_usd=first.cost_usd)
        return first

    def _answered(
        self, question: Question, request: WriteRequest, context: CallContext
    ) -> _Answered:
        """One question's answer, read; CallFailure with its cost when there is none to read."""
        left_s = (context.deadline - self._clock()).total_seconds()
        if left_s <= 0:
            raise CallFailure("no time is left to ask again")
        reply = self.ask(question, context, left_s)
        if reply.tokens is not None:
            cost = self._usd(reply.tokens)
        else:  # a server that keeps no count: the most it can have been
            cost = self._most_usd(Tokens(question.most_input_tokens, self.token_limit(question)))
        vendor = self._entry.vendor
        if reply.ending is Ending.REFUSED:
            raise ContentRefused(
                f"{vendor} refused to write this: {quoted(reply.reason) or 'it gave no reason'}",
                cost_usd=cost,
            )
        if reply.ending is Ending.BROKEN:
            raise TransientFailure(f"{vendor} broke off its answer", cost_usd=cost)
        cut = reply.ending is Ending.CUT
        reading = read_answer(reply.text, request, cut=cut)
        return _Answered(reading, "" if cut else reply.text, reply.response_id, cost)

    def _usd(self, tokens: Tokens) -> Decimal:
        usage: dict[Unit, Decimal | int] = {
            "input_token": tokens.input
            - tokens.cached
            - tokens.cache_writes
            + tokens.cache_writes * _CACHE_WRITE_SHARE,
            "output_token": tokens.output,
        }
        if tokens.cached:
            try:
                self._entry.price("cached_input_token", self._today)
                usage["cached_input_token"] = tokens.cached
            except UnknownPrice:  # never less than it may be
                usage["input_token"] += tokens.cached
        return self._entry.cost(usage, on=self._today)

    def _most_usd(self, tokens: Tokens) -> Decimal:
        """As if all input were also written to the cache."""
        return self._usd(Tokens(tokens.input, tokens.output, cache_writes=tokens.input))


@dataclass(frozen=True)
class _Answered:
    reading: Reading
    said: str
    """What the writer sees of it when it is asked again."""
    response_id: str
    cost_usd: Decimal

    @property
    def story(self) -> BaseModel:
        assert self.reading.draft is not None
        return self.reading.draft

    def produced(self, more_usd: Decimal = Decimal(0)) -> Produced[BaseModel]:
        return Produced(
            output=self.story, response_id=self.response_id, cost_usd=self.cost_usd + more_usd
        )
