"""Azure AI Speech: hosted voices in many languages, with the moment of every word.

The SDK is a native library under Microsoft's own licence, in the extra ``azure``; word times come only
through it. Options of an entry: ``region`` (``eastus``), unless it has a ``base_url``
(``wss://…`` of a private endpoint). What an answer costs is not told: it is counted as it is billed.
"""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from content_platform.narration.hosted import HostedVoice, Said, Script
from content_platform.narration.timing import Piece, match_pieces
from content_platform.providers.catalogue import ModelEntry, Usage
from content_platform.providers.hosted import http_failure, lost_answer, not_reached, quoted
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CredentialRefused,
    OutOfService,
)
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    from azure.cognitiveservices.speech import SpeechSynthesizer

SAMPLE_RATE = 24_000
MISSING = (
    "azure-cognitiveservices-speech is not installed; install it with "
    "`uv sync --extra azure`, or pip install 'content-platform[azure]'"
)
_TICKS_PER_S = 10_000_000
_MOST_SECONDS = 600
"""The vendor cuts longer sounds off."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STATUS = {
    "BadRequest": 400,
    "TooManyRequests": 429,
    "ServiceError": 500,
    "ServiceUnavailable": 503,
}


class AzureVoice(HostedVoice):
    """Speech synthesis with word boundaries, over the SDK's websocket."""

    speeds = (0.5, 2.0)

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """The region of the account."""
        if entry.base_url or entry.options.get("region"):
            return None
        return "its region is not known; set options.region in your own catalogue"

    def cannot(self, script: Script) -> str | None:
        if not _is_installed():
            return MISSING
        if (lacking := self.lacks(self._entry)) is not None:
            return lacking
        if script.most_seconds > 2 * _MOST_SECONDS:
            return f"speaks up to {_MOST_SECONDS} s at once; the text may take longer"
        return None

    def most_usage(self, script: Script) -> Usage:
        """All between the voice's tags counts, marks too; Chinese characters count twice."""
        return {
            "character": sum(2 if "\u4e00" <= char <= "\u9fff" else 1 for char in _said(script))
        }

    def say(self, script: Script, context: CallContext, timeout_s: float) -> Said:
        voice = self._synthesizer(self.secret(context))
        talk = _Talk(voice)
        try:
            voice.speak_ssml_async(ssml(script))
            if not talk.ended.wait(timeout_s):
                late = TimeoutError(f"it did not end within {timeout_s:.0f} s")
                raise self._unanswered(talk, late)
        finally:
            talk.hang_up()
        if talk.cancelled is not None:
            raise self._failure(talk)
        cost = self.usd(self.most_usage(script))
        if not any(talk.audio) or len(talk.audio) % 2:
            raise self.misshapen("there is no sound in it", cost)
        samples = np.frombuffer(talk.audio, "<i2").astype(np.float32) / np.float32(32768)
        spans = match_pieces(script.words, talk.pieces)
        return Said(samples, SAMPLE_RATE, spans, cost, talk.result_id)

    def _synthesizer(self, secret: str) -> SpeechSynthesizer:
        from azure.cognitiveservices.speech import (
            SpeechConfig,
            SpeechSynthesisOutputFormat,
            SpeechSynthesizer,
        )

        if self._entry.base_url:
            config = SpeechConfig(subscription=secret, host=self._entry.base_url)
        else:
            config = SpeechConfig(subscription=secret, region=str(self._entry.options["region"]))
        config.set_speech_synthesis_output_format(SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
        # Else the SDK asks again by itself when an answer breaks off, and both are charged.
        config.set_property_by_name("SpeechSynthesis_MaxRetryTimes", "0")
        return SpeechSynthesizer(speech_config=config, audio_config=None)

    def _failure(self, talk: _Talk) -> CallFailure:
        code, details = talk.cancelled or ("", "")
        vendor = self._entry.vendor
        text = f"{vendor}: {code}: {quoted(details)}"
        # The SDK calls both statuses by one name: 401 is a wrong key, 403 a resource that is
        # disabled or has used up its plan.
        if code == "Forbidden" or "(403)" in details:
            return OutOfService(
                f"{vendor}: disabled, or its plan is used up: {code}: {quoted(details)}"
            )
        if code == "AuthenticationFailure":
            return CredentialRefused(text)
        if code in _STATUS:
            return http_failure(vendor, _STATUS[code], details, {}, self._clock())
        return self._unanswered(talk, ConnectionError(f"{code}: {quoted(details)}"))

    def _unanswered(self, talk: _Talk, error: Exception) -> CallFailure:
        """The text goes out as soon as there is a connection, so from then on it may be charged."""
        vendor = self._entry.vendor
        return lost_answer(vendor, error) if talk.connected else not_reached(vendor, error)


class _Talk:
    """What a synthesizer tells about one text, from threads of the SDK's."""

    def __init__(self, voice: SpeechSynthesizer) -> None:
        from azure.cognitiveservices.speech import Connection

        self.ended = threading.Event()
        self.connected = False
        self.pieces: list[Piece] = []
        self.audio = b""
        self.result_id = ""
        self.cancelled: tuple[str, str] | None = None
        """The SDK's error code and what it says besides."""
        self._connection: Any = Connection.from_speech_synthesizer(voice)
        self._connection.connected.connect(self._connect)
        voice.synthesis_word_boundary.connect(self._word)
        voice.synthesis_completed.connect(self._complete)
        voice.synthesis_canceled.connect(self._cancel)

    def hang_up(self) -> None:
        """End the connection, which the SDK would keep open for the next text."""
        self._connection.close()

    def _connect(self, _event: Any) -> None:
        self.connected = True

    def _word(self, event: Any) -> None:
        if event.boundary_type.name == "Word":
            start = event.audio_offset / _TICKS_PER_S
            duration: timedelta = event.duration
            self.pieces.append((event.text, start, start + duration.total_seconds()))

    def _complete(self, event: Any) -> None:
        self.audio = event.result.audio_data
        self.result_id = event.result.result_id
        self.ended.set()

    def _cancel(self, event: Any) -> None:
        details = event.result.cancellation_details
        self.cancelled = (details.error_code.name, details.error_details)
        self.ended.set()


def ssml(script: Script) -> str:
    """What is sent: the text as XML, at the wanted pace."""
    voice_locale = "-".join(script.voice.split("-")[:2])
    same = language_of(voice_locale) == language_of(script.locale)
    locale = voice_locale if same else script.locale
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
        f"xml:lang={quoteattr(locale)}><voice name={quoteattr(script.voice)}>"
        f"{_said(script)}</voice></speak>"
    )


def _said(script: Script) -> str:
    text = escape(_NOT_XML.sub(" ", script.text))
    if script.speed == 1.0:
        return text
    percent = (Decimal(str(script.speed)) - 1) * 100
    return f'<prosody rate="{percent:+.2f}%">{text}</prosody>'


def _is_installed() -> bool:
    try:
        return find_spec("azure.cognitiveservices.speech") is not None
    except ModuleNotFoundError:  # not even the package it is in
        return False
