"""OpenAI's audio as its reference documents it: speech from text, text from speech; a mixin.

    class Server(OpenAIAudio, OpenAIServer): ...

Speech is real, by an embedded voice. A transcript is what that voice was last asked to say with the
same audio, or else what a test sets as ``heard``.
"""

from __future__ import annotations

import base64
import email
import email.policy
import io
import json
from decimal import Decimal
from typing import Any, ClassVar

from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.speech import Spoken, encoded, speak
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    route,
)

SPEAKING = {
    "tts-1": False, "tts-1-hd": False, "gpt-4o-mini-tts": True, "gpt-4o-mini-tts-2025-12-15": True,
}  # fmt: skip
"""Model, and whether it is billed by tokens and takes instructions."""
HEARING = {"whisper-1": False, "gpt-4o-transcribe": True, "gpt-4o-mini-transcribe": True}
_OLD = {"alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"}
_NEW = {"ballad", "verse", "marin", "cedar"}
_FORMATS = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "pcm": "audio/pcm"}
_MOST_BYTES = 25 * 1024 * 1024


class OpenAIAudio:
    """Its prices: ``usd_per`` ``character``, ``second`` heard, ``input_token``, ``output_token``."""

    spec: ClassVar[Spec | None]
    violations: list[str]
    model_ids: set[str]

    def _setup(self) -> None:
        super()._setup()  # type: ignore[misc]
        self.model_ids |= {*SPEAKING, *HEARING}
        self.usd_per = {
            "character": Decimal("0.000015"),
            "second": Decimal("0.0001"),
            "input_token": Decimal("0.0000006"),
            "output_token": Decimal("0.000012"),
        }
        self.exact_words = False
        """Speak with the voice whose word times are true."""
        self.said: list[Spoken] = []
        self.heard = ""
        """What the listener hears in sounds; empty: what was said last."""

    def _check(self, request: Request, answer: Answer) -> None:
        """The document's oneOf takes a verbose transcript for a plain one as well: it is looked at alone."""
        verbose = isinstance(answer.body, dict) and "duration" in answer.body
        if not verbose:
            super()._check(request, answer)  # type: ignore[misc]
        elif self.spec is not None and self.spec.there:
            shape = {"$ref": "#/components/schemas/CreateTranscriptionResponseVerboseJson"}
            self.violations += self.spec._errors("verbose transcript", shape, answer.body)

    @route("POST", "/v1/audio/speech")
    def audio_speech(self, request: Request) -> Answer:
        body = request.json
        unknown = set(body) - {
            "model", "input", "voice", "instructions", "response_format", "speed", "stream_format",
        }  # fmt: skip
        if unknown:
            raise Refused(400, f"Unknown parameter: {min(unknown)!r}.", "unknown_parameter")
        for name in ("model", "input", "voice"):
            if not body.get(name):
                raise Refused(
                    400, f"Missing required parameter: '{name}'.", "missing_required_parameter"
                )
        model = body["model"]
        if model not in SPEAKING:
            raise Refused(404, f"The model {model!r} does not exist.", "model_not_found")
        by_tokens = SPEAKING[model]
        if len(body["input"]) > 4096:
            raise Refused(400, "Input should have at most 4096 characters.", "string_too_long")
        if body["voice"] not in (_OLD | _NEW if by_tokens else _OLD):
            raise Refused(400, f"Invalid value: {body['voice']!r}.", "invalid_value")
        if not 0.25 <= body.get("speed", 1) <= 4:
            raise Refused(400, "Invalid 'speed'.", "invalid_value")
        wanted = body.get("response_format", "mp3")
        if wanted not in _FORMATS:
            raise Refused(400, f"Invalid value: {wanted!r}.", "invalid_value")
        stream = body.get("stream_format", "audio")
        if stream == "sse" and not by_tokens:
            raise Refused(400, f"'sse' is not supported by {model}.", "unsupported_value")
        spoken = speak(body["input"], speed=body.get("speed", 1), exact=self.exact_words)
        self.said.append(spoken)
        data = spoken.pcm if wanted == "pcm" else encoded(spoken, wanted)
        headers = {"x-request-id": f"req_{len(self.said):08d}"}
        if not by_tokens:
            billed = self.usd_per["character"] * len(body["input"])
            return Answer(data, 200, _FORMATS[wanted], headers, billed)
        usage = {
            "input_tokens": (len(body["input"]) + len(body.get("instructions", ""))) // 4 + 1,
            "output_tokens": round(spoken.seconds * 20) + 1,
        }
        billed = sum(
            (self.usd_per[unit[:-1]] * amount for unit, amount in usage.items()), Decimal(0)
        )
        if stream == "audio":
            return Answer(data, 200, _FORMATS[wanted], headers, billed)
        step = 48_000
        events: list[dict[str, Any]] = [
            {
                "type": "speech.audio.delta",
                "audio": base64.b64encode(data[start : start + step]).decode(),
            }
            for start in range(0, len(data), step)
        ]
        total = sum(usage.values())
        events.append({"type": "speech.audio.done", "usage": {**usage, "total_tokens": total}})
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return Answer(lines.encode(), 200, "text/event-stream", headers, billed)

    def hear(self, sound: bytes) -> list[tuple[str, float, float]]:
        """The words in a sound, each with start and end in seconds."""
        del sound
        return list(self.said[-1].words) if self.said else []

    @route("POST", "/v1/audio/transcriptions")
    def audio_transcriptions(self, request: Request) -> Answer:
        fields, sound = _form(request)
        model = fields.get("model", "")
        if model not in HEARING:
            raise Refused(404, f"The model {model!r} does not exist.", "model_not_found")
        if not sound:
            raise Refused(400, "Missing required parameter: 'file'.", "missing_required_parameter")
        if len(sound) > _MOST_BYTES:
            raise Refused(413, "Maximum content size limit exceeded.", "content_too_large")
        by_tokens = HEARING[model]
        wanted = fields.get("response_format", "json")
        if wanted not in (
            {"json"} if by_tokens else {"json", "text", "verbose_json", "srt", "vtt"}
        ):
            raise Refused(
                400, f"response_format {wanted!r} is not compatible with {model}.",
                "unsupported_value",
            )  # fmt: skip
        seconds = _seconds(sound)
        words = [] if self.heard else self.hear(sound)
        text = self.heard or " ".join(word for word, _, _ in words)
        body: dict[str, Any] = {"text": text}
        usage: dict[str, Any]
        if by_tokens:
            given, written = round(seconds * 10), len(text) // 4 + 1
            usage = {
                "type": "tokens",
                "input_tokens": given,
                "input_token_details": {"text_tokens": 0, "audio_tokens": given},
                "output_tokens": written,
                "total_tokens": given + written,
            }
            billed = self.usd_per["input_token"] * given + self.usd_per["output_token"] * written
        else:
            usage = {"type": "duration", "seconds": -(-seconds // 1)}
            billed = self.usd_per["second"] * Decimal(str(usage["seconds"]))
        body["usage"] = usage
        if wanted == "verbose_json":
            body |= {"language": "english", "duration": seconds, "task": "transcribe"}
            if "word" in fields.get("timestamp_granularities[]", ""):
                body["words"] = [
                    {"word": word.strip(".,;:!?"), "start": start, "end": end}
                    for word, start, end in words
                ]
        headers = {"x-request-id": f"req_heard_{len(sound)}"}
        return Answer(body, headers=headers, billed_usd=billed)


def _form(request: Request) -> tuple[dict[str, str], bytes]:
    """Fields and file of a multipart body; repeated fields joined by commas."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise Refused(400, "Invalid content type.", "invalid_content_type")
    head = f"content-type: {kind}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    fields: dict[str, str] = {}
    sound = b""
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "file":
            sound = content
        else:
            value = content.decode()
            fields[name] = f"{fields[name]},{value}" if name in fields else value
    return fields, sound


def _seconds(sound: bytes) -> float:
    import av

    try:
        with av.open(io.BytesIO(sound)) as container:
            samples = sum(frame.samples for frame in container.decode(audio=0))
            return float(samples / container.streams.audio[0].rate)
    except (av.FFmpegError, IndexError) as error:
        raise Refused(400, "Invalid file format.", "invalid_value") from error
