"""All vendors of a story at once: their contract servers, the catalogue over ours that leads to them, the keys.

The servers bill what the vendors publish, by meters of their own, and put every secret into every error
body. ``python -m content_platform_tests.vendors DATA_DIR`` serves until Ctrl-C, to try the
command line by hand.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import cast
from urllib.parse import quote

import yaml
from pydantic import BaseModel

from content_platform.clock import utc_now
from content_platform.narration.adapters.whisper import Whisper
from content_platform.narration.models import TranscribeRequest, Transcript
from content_platform.providers.models import CallContext, CallRequest
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform_tests.contract_servers.anthropic import AnthropicServer
from content_platform_tests.contract_servers.elevenlabs_music import ElevenLabsMusic
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.openai_audio import OpenAIAudio
from content_platform_tests.contract_servers.openai_images import OpenAIImages
from content_platform_tests.contract_servers.stability import StabilityServer
from content_platform_tests.contract_servers.storytelling import TokenPrice
from content_platform_tests.contract_servers.vendor import Answer, Refused, VendorServer

KEYS = {
    "OPENAI_API_KEY": "sk-proj/7Qm+oAi=xV2 never~seen",
    "ANTHROPIC_API_KEY": "ant~api03/Zk8+hWq==tR5&more",
    "ELEVENLABS_API_KEY": 'xi"Labs\\9fJ/4dS+1uY%key',
    "STABILITY_API_KEY": "stab<ility>/3cN+6bE=pL0?new",
    "STABILITY_API_KEY_PREVIOUS": "stab<ility>/5gH+2aM=sD8?old",
}
"""Awkward on purpose: each is written differently in URLs, in JSON and in base64."""


def ways_to_write(secret: str) -> list[str]:
    """A secret as it may stand in a body, a log line or a row of a database."""
    return [
        secret,
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"user:{secret}".encode()).decode(),
        base64.urlsafe_b64encode(f"x{secret}\n".encode()).decode(),
    ]


@cache
def _heard(sound: bytes) -> tuple[tuple[str, float, float], ...]:
    """Each English word in a sound, with its start and end in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        media = LocalMediaStore(Path(folder))
        asked = TranscribeRequest(audio=media.put_bytes(sound, "audio/flac"), locale="en")
        context = CallContext("", Path(folder), utc_now() + timedelta(minutes=1), 1)
        heard = Whisper(media).call(cast(CallRequest[BaseModel], asked), context).output
    assert isinstance(heard, Transcript)
    return tuple((word.text, word.start_s, word.end_s) for word in heard.words)


class Indiscreet(VendorServer):
    """Says in every error body the secrets of everybody."""

    def refusal(self, refused: Refused) -> Answer:
        known = " ".join(way for secret in KEYS.values() for way in ways_to_write(secret))
        said = Refused(refused.status, f"{refused.message} {known}", refused.code)
        return super().refusal(said)


class OpenAI(Indiscreet, OpenAIAudio, OpenAIImages, OpenAIServer):  # type: ignore[misc]
    """Really listens: what it is asked to transcribe was spoken elsewhere."""

    def hear(self, sound: bytes) -> list[tuple[str, float, float]]:
        return list(_heard(sound))


class Anthropic(Indiscreet, AnthropicServer):
    pass


class ElevenLabs(Indiscreet, ElevenLabsMusic):
    pass


class Stability(Indiscreet, StabilityServer):
    pass


@dataclass(frozen=True)
class Vendors:
    """Running servers."""

    openai: OpenAI
    anthropic: Anthropic
    elevenlabs: ElevenLabs
    stability: Stability

    @property
    def all(self) -> dict[str, VendorServer]:
        """By the vendor's name in the catalogue's entries."""
        return {
            "openai": self.openai,
            "anthropic": self.anthropic,
            "elevenlabs": self.elevenlabs,
            "stability": self.stability,
        }

    @property
    def billed_usd(self) -> Decimal:
        return sum((server.billed_usd for server in self.all.values()), Decimal(0))

    def catalogue(self) -> str:
        """What an operator writes to have the vendors asked at these addresses."""
        urls = {name: {"base_url": server.url} for name, server in self.all.items()}
        urls["openai"] = {"base_url": f"{self.openai.url}/v1"}
        music = {
            "unit": "second",
            "usd": str(ElevenLabsMusic.usd_per_second),
            "effective_from": "2026-11-01",
            "source": "the contract server",
        }
        return yaml.safe_dump(
            {"vendors": urls, "models": {"elevenlabs-music": {"prices": [music]}}}
        )


@contextmanager
def serving() -> Iterator[Vendors]:
    """The vendors, each on a port of its own, knowing the keys. Stability's newest key is not valid yet."""
    openai = OpenAI({"gpt-6-luna": TokenPrice.per_million("0.10", "0.50", "0.01")})
    anthropic = Anthropic({"claude-haiku-5-5": TokenPrice.per_million("0.10", "0.50", "0.01")})
    elevenlabs = ElevenLabs(usd_per_character=Decimal("0.00004"))
    stability = Stability()
    openai.secrets = (KEYS["OPENAI_API_KEY"],)
    anthropic.secrets = (KEYS["ANTHROPIC_API_KEY"],)
    elevenlabs.secrets = (KEYS["ELEVENLABS_API_KEY"],)
    stability.secrets = (KEYS["STABILITY_API_KEY_PREVIOUS"],)
    vendors = Vendors(openai, anthropic, elevenlabs, stability)
    with ExitStack() as stack:
        for server in vendors.all.values():
            stack.enter_context(server)
        yield vendors


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    with serving() as running:
        (place / "catalogue.yaml").write_text(running.catalogue())
        for name, value in KEYS.items():
            print(f"export {name}='{value}'")
        print(f"export CONTENT_DATA_DIR={place.absolute()}", flush=True)
        try:
            threading.Event().wait()
        finally:
            for name, server in running.all.items():
                print(f"{name}: {len(server.journal)} requests, ${server.billed_usd} billed")
