"""The rows of the fault matrix: every adapter of a hosted vendor, what it is asked, and where its vendor differs.

Data only. How a row is tried under each trouble, and what must follow, is ``matrix``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from pathlib import Path

from pydantic import BaseModel

from content_platform.mediatools.audio import write_flac
from content_platform.narration.models import TranscribeRequest
from content_platform.providers.catalogue import ModelEntry
from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.contract_servers.anthropic import AnthropicServer
from content_platform_tests.contract_servers.azure_speech import AzureSpeechServer
from content_platform_tests.contract_servers.elevenlabs import ElevenLabsServer
from content_platform_tests.contract_servers.elevenlabs_music import ElevenLabsMusic
from content_platform_tests.contract_servers.mistral import MistralServer
from content_platform_tests.contract_servers.mubert import COMPANY, MubertServer
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.openai_audio import OpenAIAudio
from content_platform_tests.contract_servers.openai_images import OpenAIImages
from content_platform_tests.contract_servers.speech import speak
from content_platform_tests.contract_servers.stability import StabilityServer
from content_platform_tests.contract_servers.stability_grpc import StabilityGrpcServer
from content_platform_tests.contract_servers.suno import SunoServer
from content_platform_tests.contract_servers.vendor import Trouble, VendorServer
from content_platform_tests.imagery import test_openai_pictures as openai_pictures
from content_platform_tests.imagery import test_stability as stability
from content_platform_tests.music import cues, hosted_cues
from content_platform_tests.narration import hosted as voices
from content_platform_tests.stories import hosted as writers


class Fate(Enum):
    """What a trouble means to a call."""

    ANSWERED = auto()
    """None at all: the answer comes."""
    NOT_DONE = auto()
    """The vendor says that it did nothing, for now: asked again."""
    LOST = auto()
    """Nobody knows whether it was done: recorded as ambiguous; then asked again, or asked what became of it."""
    SPOILT = auto()
    """An answer of no use, of known cost: the next provider."""
    UNREADABLE = auto()
    """An answer of no use that does not tell its cost: recorded as ambiguous; the next provider."""
    FORBIDDEN = auto()
    """The content is refused, the vendor is well: the next provider."""
    REJECTED = auto()
    """The request is refused like one with a mistake in it: the next provider."""
    SECRET = auto()
    """The secret is refused: its other version, else the next provider."""
    NO_CREDIT = auto()
    """Nothing of the account works: its breaker opens; the next provider."""


FATES = {
    Trouble.RATE_LIMITED: Fate.NOT_DONE,
    Trouble.SERVER_ERROR: Fate.NOT_DONE,
    Trouble.OVERLOADED: Fate.NOT_DONE,
    Trouble.HANGS: Fate.LOST,
    Trouble.CUT_BEFORE: Fate.LOST,
    Trouble.CUT_AFTER: Fate.LOST,
    Trouble.TRUNCATED: Fate.LOST,
    Trouble.MALFORMED: Fate.UNREADABLE,
    Trouble.CONTENT_REFUSED: Fate.FORBIDDEN,
    Trouble.SLOW: Fate.ANSWERED,
    Trouble.BAD_SECRET: Fate.SECRET,
    Trouble.NO_CREDIT: Fate.NO_CREDIT,
}
"""What a trouble means wherever a row does not say otherwise."""

Ask = Callable[[MediaStore, Path], CallRequest[BaseModel]]


@dataclass(frozen=True)
class Row:
    """One adapter, or one of its ways to ask, with the vendor that answers it."""

    name: str
    serve: Callable[[], VendorServer]
    entry: Callable[[str], ModelEntry]
    """The model in the catalogue, from the server's address."""
    ask: Ask
    unlike: Mapping[Trouble, Fate] = field(default_factory=dict)
    """Where the vendor, or what it tells, differs from ``FATES``."""
    retry_after_s: float | None = 1
    """What the vendor says with a 429; None when it does not say."""
    order: str = ""
    """The request that does the work (``METHOD /path``), where a call makes others, too."""
    probe: str = ""
    """The request that asks what became of an order."""
    names_answers: bool = True
    """The vendor gives its answers an id."""
    hangs_s: float = 4
    """How long one attempt may take where the vendor never answers: longer than a good one takes."""

    def fate(self, trouble: Trouble) -> Fate:
        return self.unlike.get(trouble, FATES[trouble])


class _Audio(OpenAIAudio, OpenAIServer):
    """OpenAI, for those who speak and listen."""


class _Listening(_Audio):
    """Hears one sentence in everything."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = voices.PLAIN


def _story(media: MediaStore, folder: Path) -> CallRequest[BaseModel]:
    return writers.request()  # type: ignore[return-value]


def _sentence(media: MediaStore, folder: Path) -> CallRequest[BaseModel]:
    return voices.request(text=voices.PLAIN)  # type: ignore[return-value]


def _sound(media: MediaStore, folder: Path) -> CallRequest[BaseModel]:
    spoken = speak(voices.PLAIN)
    write_flac(folder / "sound.flac", spoken.samples, spoken.rate)
    audio = media.put_file(folder / "sound.flac", "audio/flac")
    return TranscribeRequest(audio=audio, locale="en")  # type: ignore[return-value]


def _scene(media: MediaStore, folder: Path) -> CallRequest[BaseModel]:
    return openai_pictures.wanted()  # type: ignore[return-value]


def _cue(media: MediaStore, folder: Path) -> CallRequest[BaseModel]:
    return cues.request(Mood.CALM, 12)  # type: ignore[return-value]


def _voice(adapter: str, model: str, prices: dict[str, Decimal], *names: str, path: str = "") -> (
    Callable[[str], ModelEntry]
):  # fmt: skip
    def entry(url: str) -> ModelEntry:
        known = {"model": model, "voices": {"*": list(names)}, "limits": {"characters": 4096}}
        return voices.entry(adapter, f"{url}{path}", prices, **known)

    return entry


def _listener(url: str) -> ModelEntry:
    known = {"model": "whisper-1", "capability": Capability.TRANSCRIBE}
    return voices.entry("openai", f"{url}/v1", {"second": Decimal("0.0001")}, **known)


def _compatible(url: str) -> ModelEntry:
    """A server of one's own, which knows no secrets and no schemas."""
    options = {"structured": "json_object", "token_field": "max_tokens"}
    return writers.entry("OpenAI", f"{url}/v1", secret="", options=options)


def _without_secrets() -> OpenAIServer:
    server = OpenAIServer(writers.VENDORS_PRICES)
    server.secrets = ()
    return server


def _suno(url: str) -> ModelEntry:
    terms = "I know that Suno has no official API"
    options = {
        "licence_record": "Contract 12, 2026-11-01",
        "callback_url": "https://example.com/none",
        "poll_s": 0.02,
    }
    accepted = {"acknowledgement": terms, "acknowledged": terms}
    return hosted_cues.entry("suno", url, ("call", "0.06"), options=options, **accepted)


def _mubert(url: str) -> ModelEntry:
    options = {"company_id": COMPANY, "poll_s": 0.02}
    return hosted_cues.entry("mubert", f"{url}/api/v3", ("track", "0.49"), options=options)


def _stability(model: str) -> Row:
    return Row(
        f"draw · stability {model.removesuffix('-1024-v1-0')}",
        StabilityServer,
        lambda url: stability.entry(url, model),
        _scene,
        unlike={Trouble.MALFORMED: Fate.SPOILT},  # a picture has its price, whatever it shows
        names_answers=model != stability.SDXL,
    )


_BY_CHARACTER = {"character": Decimal("0.000015")}
_BY_TOKEN = {"input_token": Decimal("0.0000006"), "output_token": Decimal("0.000012")}

ROWS = (
    Row("write · openai", lambda: OpenAIServer(writers.VENDORS_PRICES),
        lambda url: writers.entry("OpenAI", f"{url}/v1"), _story),
    Row("write · openai-compatible", _without_secrets, _compatible, _story),
    Row("write · anthropic", lambda: AnthropicServer(writers.VENDORS_PRICES),
        lambda url: writers.entry("Anthropic", url), _story),
    Row("write · mistral", lambda: MistralServer(writers.VENDORS_PRICES),
        lambda url: writers.entry("Mistral", url), _story),
    Row("speak · elevenlabs", ElevenLabsServer,
        _voice("elevenlabs", "eleven_v3", {"character": Decimal("0.00008")}, "JBFqnCBsd6RMkjVDRZzb"),
        _sentence, retry_after_s=0.05,
        unlike={Trouble.MALFORMED: Fate.SPOILT}),  # a header tells what it costs
    Row("speak · openai tts-1", _Audio, _voice("openai", "tts-1", _BY_CHARACTER, "onyx", path="/v1"),
        _sentence, unlike={Trouble.MALFORMED: Fate.SPOILT}, hangs_s=15),  # so much a character
    Row("speak · openai gpt-4o-mini-tts", _Audio,
        _voice("openai", "gpt-4o-mini-tts", _BY_TOKEN, "onyx", path="/v1"), _sentence, hangs_s=15),
    Row("speak · azure", AzureSpeechServer,
        _voice("azure", "neural", _BY_CHARACTER, "en-GB-RyanNeural"), _sentence, retry_after_s=None,
        unlike={
            Trouble.CUT_BEFORE: Fate.NOT_DONE,  # the text is sent once there is a connection
            Trouble.MALFORMED: Fate.SPOILT,  # so much a character
            Trouble.CONTENT_REFUSED: Fate.REJECTED,  # no code of its own
        }),
    Row("transcribe · openai", _Listening, _listener, _sound, hangs_s=2),
    Row("draw · openai", OpenAIImages, openai_pictures.entry, _scene),
    *map(_stability, ("core", "ultra", "sd3.5-large", stability.SDXL)),
    Row("draw · stability over gRPC", StabilityGrpcServer,
        lambda url: stability.entry(url, stability.SDXL).model_copy(update={"adapter": "stability_grpc"}),
        _scene, retry_after_s=None, unlike={Trouble.MALFORMED: Fate.SPOILT}),
    Row("compose · elevenlabs", ElevenLabsMusic,
        lambda url: hosted_cues.entry("elevenlabs", url, ("second", "0.005"), model="music_v1"), _cue,
        retry_after_s=0.05, unlike={Trouble.MALFORMED: Fate.SPOILT}, hangs_s=15),  # so much a second
    Row("compose · mubert", MubertServer, _mubert, _cue, order=r"POST .*/public/tracks$",
        probe=r"GET .*/public/tracks$",
        unlike={
            Trouble.MALFORMED: Fate.LOST,  # it names no track, and may have made one
            Trouble.CONTENT_REFUSED: Fate.REJECTED,  # no code of its own
        }, hangs_s=15),
    Row("compose · suno", SunoServer, _suno, _cue, order=r"POST .*/generate$", retry_after_s=None,
        unlike={
            Trouble.MALFORMED: Fate.LOST,  # it names no task, and may have begun one
            Trouble.CONTENT_REFUSED: Fate.REJECTED,  # no code of its own
        }, hangs_s=15),
)  # fmt: skip
