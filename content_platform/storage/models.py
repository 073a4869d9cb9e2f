"""Records and media references: the two shapes everything durable takes.

A *record* is a frozen pydantic model saved as one row, one column per field; nested models
and lists become JSONB columns. A *media reference* names bytes in the media store.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Base of every value object: frozen, and unknown fields are an error."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class MediaRef(Model):
    """Bytes in the media store, named by content. ``sha256`` is lower-case hex."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)
    mime: str

    @property
    def suffix(self) -> str:
        """The usual file name ending for this type, with its dot; the same on every machine."""
        return SUFFIXES.get(self.mime, ".bin")


SUFFIXES = {
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/midi": ".mid",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".opus",
    "audio/wav": ".wav",
    "image/avif": ".avif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/vtt": ".vtt",
    "text/x-ssa": ".ass",
    "application/x-subrip": ".srt",
    "application/json": ".json",
    "video/mp4": ".mp4",
}
_MIMES = {suffix: mime for mime, suffix in SUFFIXES.items()} | {
    ".jpeg": "image/jpeg",
    ".ogg": "audio/ogg",
}


def mime_of(path: Path) -> str:
    """The type of a file by its suffix; ``application/octet-stream`` for one we have no word for."""
    return _MIMES.get(path.suffix.lower(), "application/octet-stream")


class Record(Model):
    """A row. ``table`` names the table, ``key`` the natural key; the first part is ``story_id``.

    ``inputs_sha256`` (where a record has it) is the fingerprint of everything the record was
    made from, so that unchanged work is recognised and not done again.
    """

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    append_only: ClassVar[bool] = False
    """A row is never changed or deleted; the database refuses it too."""
