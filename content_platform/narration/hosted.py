"""What every hosted voice shares: which voice, what it is given to say, and a ``Speech`` that fits.

A vendor is given the text as it is to be said (``normalise``): the channel's lexicon holds with every
vendor, and what was said for each written word is known. No vendor's name belongs here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput
from content_platform.mediatools.audio import write_flac
from content_platform.narration.models import SpeakRequest, Speech, WordTiming
from content_platform.narration.normalise import SpokenWord, normalise, spoken_text
from content_platform.narration.sound import Mono, trim_silence
from content_platform.narration.timing import Span, fill_gaps
from content_platform.narration.voices import hosted_voice_for
from content_platform.providers.catalogue import ModelEntry, UnknownPrice, Usage
from content_platform.providers.hosted import lost_answer, not_reached, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    CredentialRefused,
    Produced,
    ProviderInfo,
    TransientFailure,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import language_of

_LEAST_CHARACTERS_PER_S = 4.0
"""Slower than any voice speaks at its natural pace, in writings of many characters and of few."""


@dataclass(frozen=True)
class Script:
    """One request, ready to be said."""

    words: tuple[SpokenWord, ...]
    text: str
    """What the vendor is given."""
    locale: str
    voice: str
    """As the vendor calls it."""
    speed: float

    @property
    def most_seconds(self) -> float:
        """Longer than anybody takes to say it."""
        return 5 + len(self.text) / _LEAST_CHARACTERS_PER_S / self.speed


@dataclass(frozen=True)
class Said:
    """What a vendor gave: mono ``samples``, and when each of the script's words is heard."""

    samples: Mono
    rate: int
    spans: Sequence[Span | None]
    cost_usd: Decimal
    response_id: str = ""


class HostedVoice(ABC):
    """Speaks one text per call. Limits of its entry: ``characters``."""

    speeds: tuple[float, float] = (0.7, 1.4)
    """The slowest and the fastest the vendor takes."""

    def __init__(
        self, entry: ModelEntry, *, clock: Clock = utc_now, media: MediaStore | None = None
    ) -> None:
        del media  # a voice needs nothing from the store
        self._entry = entry
        self._clock = clock

    @abstractmethod
    def say(self, script: Script, context: CallContext, timeout_s: float) -> Said:
        """Have it said, without retries. Raises CallFailure."""

    @abstractmethod
    def most_usage(self, script: Script) -> Usage:
        """The most that saying it can use."""

    def cannot(self, script: Script) -> str | None:
        """What else keeps this vendor from saying it; None when nothing does."""
        del script
        return None

    @property
    def info(self) -> ProviderInfo:
        return self._entry.info()

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Why this voice is not asked: language, voice, length, speed, terms or price; or None."""
        if not isinstance(request, SpeakRequest):
            return "only speaks"
        if self._entry.unaccepted is not None:
            return self._entry.unaccepted
        known = {language_of(locale) for locale in self._entry.locales}
        if known and language_of(request.locale) not in known:
            return f"does not speak {request.locale!r}"
        if self._voice(request) is None:
            return f"offers no voice for {request.voice!r} in {request.locale!r}"
        slowest, fastest = self.speeds
        if not slowest <= request.speed <= fastest:
            return f"speaks {slowest} to {fastest} times its pace, not {request.speed}"
        script = self._script(request)
        if not any(word.spoken for word in script.words):
            return "there is nothing to say in the text"
        most = self._entry.limits.get("characters")
        if most is not None and len(script.text) > most:
            return f"says up to {most} characters at once, not {len(script.text)}"
        if (reason := self.cannot(script)) is not None:
            return reason
        try:
            self.usd(self.most_usage(script))
        except UnknownPrice as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """The most it may cost. Raises UnknownPrice."""
        return self.usd(self.most_usage(self._script(_speak_request(request))))

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Have ``request.text`` spoken; media role ``audio``: FLAC, mono, silence trimmed."""
        script = self._script(_speak_request(request))
        left_s = (context.deadline - self._clock()).total_seconds()
        if left_s <= 0:
            raise not_reached(self._entry.vendor, TimeoutError("no time was left to ask"))
        said = self.say(script, context, left_s)
        if not len(said.samples):
            raise self.misshapen("there is no sound in it", said.cost_usd)
        trimmed = trim_silence(said.samples, said.rate)
        duration = len(trimmed.samples) / said.rate
        moved = [
            (max(0.0, span[0] - trimmed.cut_s), max(0.0, span[1] - trimmed.cut_s)) if span else None
            for span in said.spans
        ]
        path = context.workspace / "speech.flac"
        write_flac(path, trimmed.samples, said.rate)
        speech = Speech(
            duration_s=duration,
            sample_rate=said.rate,
            words=tuple(
                WordTiming(text=word.written, start_s=round(start, 4), end_s=round(end, 4))
                for word, (start, end) in zip(script.words, fill_gaps(moved, duration), strict=True)
            ),
            voice=f"{self._entry.adapter}/{script.voice}",
        )
        return Produced(
            output=speech,
            files={"audio": path},
            response_id=said.response_id,
            cost_usd=said.cost_usd,
        )

    def _voice(self, request: SpeakRequest) -> str | None:
        entry = self._entry
        return hosted_voice_for(request.voice, request.locale, entry.adapter, entry.voices)

    def _script(self, request: SpeakRequest) -> Script:
        voice = self._voice(request)
        if voice is None:
            raise BadInput(
                f"{self._entry.name} offers no voice for {request.voice!r} in {request.locale!r}.",
                remedy="`content-platform voices` lists those there are.",
            )
        words = normalise(request.text, request.locale, request.lexicon)
        return Script(words, spoken_text(words), request.locale, voice, request.speed)

    # For adapters

    def secret(self, context: CallContext) -> str:
        """The secret to send. Raises CredentialRefused when there is none."""
        return secret_of(self._entry, context)

    def usd(self, usage: Usage) -> Decimal:
        """What it costs today. Raises UnknownPrice."""
        return self._entry.cost(usage, on=self._clock().date())

    def misshapen(self, why: str, cost_usd: Decimal | None) -> CallFailure:
        """An answer that came whole and is not what the vendor's API answers with."""
        return misshapen(self._entry, why, cost_usd)


def _speak_request(request: CallRequest[BaseModel]) -> SpeakRequest:
    if not isinstance(request, SpeakRequest):
        raise TypeError(f"a voice cannot do a {type(request).__name__}")
    return request


def secret_of(entry: ModelEntry, context: CallContext) -> str:
    """The secret to send. Raises CredentialRefused when the entry needs one and there is none."""
    if not entry.secret:
        return ""
    if context.secret is None:
        raise CredentialRefused(f"{entry.secret} is not set")
    return context.secret.get_secret_value()


def misshapen(entry: ModelEntry, why: str, cost_usd: Decimal | None) -> CallFailure:
    """An answer that came whole and is not what the vendor's API answers with."""
    return CallFailure(
        f"{entry.vendor} answered in an unknown form: {quoted(why)}", cost_usd=cost_usd
    )


def unanswered(entry: ModelEntry, error: Exception) -> TransientFailure:
    """What no answer means: never reached, or lost on the way.

    The SDKs' HTTP library is theirs, so its errors are known by name here.
    """
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ in ("ConnectError", "ConnectTimeout"):
            return not_reached(entry.vendor, error)
        cause = cause.__cause__
    return lost_answer(entry.vendor, error)


def header(headers: Mapping[str, str] | None, name: str) -> str:
    """A header's value whatever the case of its name, or nothing."""
    return next((value for key, value in (headers or {}).items() if key.lower() == name), "")
