"""Azure AI Speech as its SDK speaks with it: text to speech over a websocket (protocol ``USP``).

There is no public reference of the protocol: messages are those the SDK itself sends and understands.
A message has headers, an empty line and a body; a binary one begins with the length of its headers.
A connection opens with the secret, then comes ``speech.config``, and for each text
``synthesis.context`` and ``ssml``; answers are ``turn.start``, ``response``, ``audio.metadata`` (when
each word is heard), ``audio`` and ``turn.end``. What is wrong with a text closes the connection, with 1007.
"""

from __future__ import annotations

import http
import json
import re
import socket
import struct
import threading
import time
import uuid
from contextlib import suppress
from decimal import Decimal
from typing import Any, Self
from xml.etree import ElementTree

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response
from websockets.sync.server import Server, ServerConnection, serve

from content_platform_tests.contract_servers.speech import Spoken, speak
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
)

PATH = "/cognitiveservices/websocket/v1"
VOICES = {
    "en-US-AndrewMultilingualNeural", "en-US-AvaMultilingualNeural", "en-US-GuyNeural",
    "en-US-BrianMultilingualNeural", "en-US-EmmaMultilingualNeural", "en-US-JennyNeural",
    "en-GB-RyanNeural", "en-GB-SoniaNeural", "de-DE-KatjaNeural", "de-DE-ConradNeural",
}  # fmt: skip
_SPEAK = "{http://www.w3.org/2001/10/synthesis}"
_TICKS_PER_S = 10_000_000
_MOST_SECONDS = 600
_HANDSHAKES = {
    Trouble.RATE_LIMITED: http.HTTPStatus.TOO_MANY_REQUESTS,
    Trouble.SERVER_ERROR: http.HTTPStatus.INTERNAL_SERVER_ERROR,
    Trouble.OVERLOADED: http.HTTPStatus.SERVICE_UNAVAILABLE,
    Trouble.BAD_SECRET: http.HTTPStatus.UNAUTHORIZED,
    Trouble.NO_CREDIT: http.HTTPStatus.FORBIDDEN,
}


class AzureSpeechServer(VendorServer):
    """``usd_per_character`` of what stands between ``<voice>`` and its end, Chinese counting twice."""

    def __init__(
        self, *, usd_per_character: Decimal = Decimal("0.000015"), exact_words: bool = False
    ) -> None:
        super().__init__()
        self.usd_per_character = usd_per_character
        self.exact_words = exact_words
        """Speak with the voice whose word times are true."""

    # The parts of the base that are HTTP's

    def __enter__(self) -> Self:
        self._websockets: Server = serve(
            self._talk, "127.0.0.1", 0, process_request=self._open, subprotocols=None,
            select_subprotocol=lambda connection, offered: "USP" if "USP" in offered else None,
        )  # fmt: skip
        threading.Thread(target=self._websockets.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self._websockets.shutdown()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._websockets.socket.getsockname()[1]}"

    def authorised(self, request: Request) -> bool:
        return request.headers.get("ocp-apim-subscription-key") in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        return Answer(refused.message.encode(), refused.status, "text/plain")

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        return Answer(b"", _HANDSHAKES[trouble], "text/plain")

    # A conversation

    def _open(self, connection: ServerConnection, handshake: Handshake) -> Response | None:
        """Let the connection come about, or not. A trouble of this stage is played here."""
        headers = {name.lower(): value for name, value in handshake.headers.raw_items()}
        request = Request("GET", handshake.path, {}, headers, b"")
        trouble = self._next_trouble(handshake.path, {*_HANDSHAKES, Trouble.CUT_BEFORE})
        if trouble is Trouble.CUT_BEFORE:
            self._note(request, None, Decimal(0), trouble)
            _reset(connection)
            return None
        status = _HANDSHAKES.get(trouble) if trouble else None
        if status is None and handshake.path.partition("?")[0] != PATH:
            status = http.HTTPStatus.NOT_FOUND
        if status is None and not self.authorised(request):
            status = http.HTTPStatus.UNAUTHORIZED
        if status is None:
            return None
        self._note(request, status, Decimal(0), trouble)
        text = "Quota exceeded" if trouble is Trouble.NO_CREDIT else status.phrase
        return connection.respond(status, text)

    def _talk(self, connection: ServerConnection) -> None:
        context: dict[str, Any] = {}
        try:
            for message in connection:
                headers, body = _parsed(message)
                if headers["path"] == "synthesis.context":
                    context = json.loads(body)["synthesis"]
                elif headers["path"] == "ssml":
                    self._say(connection, headers["x-requestid"], body, context)
        except ConnectionClosed:
            pass

    def _say(
        self, connection: ServerConnection, turn: str, ssml: str, context: dict[str, Any]
    ) -> None:
        trouble = self._next_trouble("SSML")
        request = Request("SSML", PATH, {}, {}, ssml.encode())
        try:
            if trouble is Trouble.CONTENT_REFUSED:
                raise Refused(400, "The text is not allowed.")
            spoken, characters = self._spoken(ssml, context)
        except Refused as refused:
            self._note(request, refused.status, Decimal(0), trouble)
            return connection.close(1007, refused.message)
        billed = self.usd_per_character * characters
        lost = trouble in (Trouble.HANGS, Trouble.CUT_AFTER)
        self._note(request, None if lost else 200, billed, trouble)
        if trouble is Trouble.HANGS:
            self._stopped.wait(120)
        if lost:
            return _reset(connection)
        stream = uuid.uuid4().hex
        options = context["audio"]["metadataOptions"]

        def tell(path: str, body: dict[str, Any]) -> None:
            connection.send(
                f"X-RequestId:{turn}\r\nContent-Type:application/json; charset=utf-8\r\n"
                f"Path:{path}\r\n\r\n{json.dumps(body)}"
            )

        tell("turn.start", {"context": {"serviceTag": uuid.uuid4().hex}})
        tell(
            "response",
            {"context": {"serviceTag": ""}, "audio": {"type": "inline", "streamId": stream}},
        )
        if options["wordBoundaryEnabled"] and trouble is not Trouble.MALFORMED:
            for word, start, end in spoken.words:
                tell("audio.metadata", {"Metadata": [_boundary(word, start, end)]})
        sound = b"" if trouble is Trouble.MALFORMED else spoken.pcm
        step = 9600 if trouble is not Trouble.SLOW else max(2, len(sound) // 16 * 2)
        head = f"X-RequestId:{turn}\r\nX-StreamId:{stream}\r\nPath:audio\r\n".encode()
        for start in range(0, len(sound), step):
            connection.send(struct.pack(">H", len(head)) + head + sound[start : start + step])
            if trouble is Trouble.TRUNCATED and start > len(sound) // 2:
                return _reset(connection)
            if trouble is Trouble.SLOW:
                time.sleep(0.05)
        return tell("turn.end", {})

    def _spoken(self, ssml: str, context: dict[str, Any]) -> tuple[Spoken, int]:
        """The sound and the characters that are charged."""
        wanted = context.get("audio", {}).get("outputFormat", "")
        found = re.fullmatch(r"raw-(\d+)khz-16bit-mono-pcm", wanted)
        if found is None:
            raise Refused(400, f"Unsupported output format {wanted}.")
        try:
            root = ElementTree.fromstring(ssml)
        except ElementTree.ParseError as error:
            raise Refused(400, f"SSML parsing error: {error}") from error
        voice = root.find(f"{_SPEAK}voice")
        if root.tag != f"{_SPEAK}speak" or root.get("version") is None or voice is None:
            raise Refused(400, "SSML must be speak with version, xmlns and a voice.")
        if root.get("{http://www.w3.org/XML/1998/namespace}lang") is None:
            raise Refused(400, "SSML must have xml:lang.")
        name = voice.get("name", "")
        if name not in VOICES:
            raise Refused(400, f"Unsupported voice {name}.")
        speed = 1.0
        for prosody in voice.iter(f"{_SPEAK}prosody"):
            rate = re.fullmatch(r"([+-]\d+(\.\d+)?)%", prosody.get("rate", "+0%"))
            if rate is None:
                raise Refused(400, f"Invalid rate {prosody.get('rate')}.")
            speed *= 1 + float(rate[1]) / 100
        text = " ".join("".join(voice.itertext()).split())
        if not text:
            raise Refused(400, "There is nothing to speak.")
        spoken = speak(
            text, language=name[:2], rate=int(found[1]) * 1000, speed=speed, exact=self.exact_words
        )
        if spoken.seconds > _MOST_SECONDS:
            raise Refused(400, "The audio is longer than ten minutes.")
        inner = re.search(r"<voice[^>]*>(.*)</voice>", ssml, re.DOTALL)
        assert inner is not None
        charged = sum(2 if "\u4e00" <= char <= "\u9fff" else 1 for char in inner[1])
        return spoken, charged


def _parsed(message: str | bytes) -> tuple[dict[str, str], str]:
    if isinstance(message, bytes):
        raise ValueError("only text is expected of a client that wants speech")
    head, _, body = message.partition("\r\n\r\n")
    lines = (line.partition(":") for line in head.split("\r\n"))
    return {name.lower(): value.strip() for name, _, value in lines}, body


def _boundary(word: str, start: float, end: float) -> dict[str, Any]:
    bare = word.strip(".,;:!?…—“”()")
    return {
        "Type": "WordBoundary",
        "Data": {
            "Offset": round(start * _TICKS_PER_S),
            "Duration": round((end - start) * _TICKS_PER_S),
            "text": {"Text": bare, "Length": len(bare), "BoundaryType": "WordBoundary"},
        },
    }


def _reset(connection: ServerConnection) -> None:
    linger = struct.pack("ii", 1, 0)
    with suppress(OSError):  # the other side has hung up already
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.socket.close()
