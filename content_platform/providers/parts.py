"""What vendors gave for calls before the whole answer was there: pictures, orders, and what they cost.

A part is written down as soon as it is there, so that nobody pays for it again, whoever makes the call
next: a retry, another worker, a process after a crash. Files go to the media store. Rows are only
added. What an attempt is charged is decided in ``attempts``.
"""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from content_platform.clock import Clock
from content_platform.errors import BadInput, DefectiveMedia, NotFound
from content_platform.providers.models import Part, ProviderInfo
from content_platform.providers.reservations import in_usd
from content_platform.storage.database import Database
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef, mime_of

_NEWEST = text(
    """
    SELECT part.note, part.media, part.forgotten
      FROM content.provider_parts AS part
      JOIN content.provider_attempts AS attempt
        ON attempt.call_key = part.call_key AND attempt.number = part.attempt_number
     WHERE part.call_key = :key AND part.name = :name
       AND attempt.provider = :provider AND attempt.model = :model
     ORDER BY part.part DESC
     LIMIT 1
    """
)

_ADD = text(
    """
    WITH kept AS (
        INSERT INTO content.media_assets (sha256, mime, size_bytes, story_id, created_at)
        SELECT CAST(:media AS jsonb) ->> 'sha256', CAST(:media AS jsonb) ->> 'mime',
               (CAST(:media AS jsonb) ->> 'size_bytes')::bigint, story_id, :now
          FROM content.provider_calls
         WHERE call_key = :key AND jsonb_typeof(CAST(:media AS jsonb)) = 'object'
        ON CONFLICT DO NOTHING
    )
    INSERT INTO content.provider_parts
           (call_key, attempt_number, name, note, media, cost_usd, forgotten, at)
    VALUES (:key, :number, :name, :note, :media, :cost_usd, :forgotten, :now)
    """
).bindparams(bindparam("media", type_=JSONB(none_as_null=True)))


class CallParts:
    """The parts of one call that one provider gave, as one attempt sees them. Safe to share between threads."""

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        clock: Clock,
        *,
        key: str,
        number: int,
        provider: ProviderInfo,
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._key = key
        self._number = number
        self._provider = provider
        self._paid_usd = Decimal(0)
        self._lock = threading.Lock()

    @property
    def paid_usd(self) -> Decimal:
        """What the parts cost that this attempt added."""
        with self._lock:
            return self._paid_usd

    def get(self, name: str) -> Part | None:
        """The newest part of that name, of this attempt or an earlier one of the same model.

        None where there is none, it was forgotten, or its file is lost or damaged.
        """
        wanted = {
            "key": self._key,
            "name": name,
            "provider": self._provider.name,
            "model": self._provider.model,
        }
        with self._database.statement() as connection:
            row = connection.execute(_NEWEST, wanted).one_or_none()
        if row is None or row.forgotten:
            return None
        if row.media is None:
            return Part(note=row.note)
        try:
            return Part(row.note, self._media.local_path(MediaRef.model_validate(row.media)))
        except (NotFound, DefectiveMedia):
            return None

    def keep(
        self,
        name: str,
        *,
        note: str = "",
        file: Path | None = None,
        cost_usd: Decimal = Decimal(0),
    ) -> None:
        """Write a part down; on disk when this returns."""
        if "\x00" in note:
            raise BadInput(f"The note of {name} holds a NUL character.", remedy="Take it out.")
        with self._lock:
            self._paid_usd += in_usd(cost_usd)
        media = None if file is None else self._media.put_file(file, mime_of(file))
        self._add(name, note=note, media=media, cost_usd=in_usd(cost_usd), forgotten=False)

    def forget(self, name: str) -> None:
        """The part is of no use: ``get`` finds none from now on. What it cost stays."""
        self._add(name, note="", media=None, cost_usd=Decimal(0), forgotten=True)

    def _add(
        self, name: str, *, note: str, media: MediaRef | None, cost_usd: Decimal, forgotten: bool
    ) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                _ADD,
                {
                    "key": self._key,
                    "number": self._number,
                    "name": name,
                    "note": note,
                    "media": None if media is None else media.model_dump(mode="json"),
                    "cost_usd": cost_usd,
                    "forgotten": forgotten,
                    "now": self._clock(),
                },
            )
