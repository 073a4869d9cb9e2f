"""Mubert's API, version 3, as its documentation describes it.

Customers are found or created; a track is processing for a few looks, then done for a while, then its
sound is gone. Ordering a track takes one from the plan at once.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from content_platform_tests.contract_servers.melodies import song
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
    route,
)

COMPANY = "company-1"


@dataclass
class Track:
    """An ordered track."""

    body: dict[str, Any]
    customer: str
    looks_left: int
    fails: bool
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    session: str = field(default_factory=lambda: uuid.uuid4().hex)
    ready_at: datetime | None = None


class MubertServer(VendorServer):
    """``looks`` is how often a track is still processing; ``expire()`` lets all addresses run out."""

    def __init__(
        self, *, usd_per_track: Decimal = Decimal("0.49"), plan: int = 100, looks: int = 1
    ) -> None:
        super().__init__()
        self.usd_per_track = usd_per_track
        self.plan = plan
        """Tracks that are left."""
        self.looks = looks
        self.failing = False
        """Coming tracks fail to be made."""
        self.length: float | None = None
        """Coming tracks last this long, whatever is asked."""
        self.tracks: list[Track] = []
        self.customers: dict[str, tuple[str, str]] = {}
        self._expired: set[str] = set()

    def expire(self) -> None:
        """The sound of every track so far is deleted."""
        self._expired |= {track.session for track in self.tracks}

    def authorised(self, request: Request) -> bool:
        if request.path.startswith("/files/"):
            return True
        if request.path.startswith("/api/v3/service/"):
            return (
                request.headers.get("company-id") == COMPANY
                and request.headers.get("license-token") in self.secrets
            )
        pair = (request.headers.get("customer-id", ""), request.headers.get("access-token", ""))
        return pair in self.customers.values()

    def refusal(self, refused: Refused) -> Answer:
        if refused.status == 401:
            return Answer({"message": "Unauthenticated", "code": "Unauthenticated"}, 401)
        if refused.status == 422:
            place, _, message = refused.message.partition(": ")
            return Answer({"message": message, "errors": {place: [message]}}, 422)
        body = {"message": refused.message}
        if refused.status == 403:
            body["code"] = refused.code
        return Answer(body, refused.status)

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        answer = self.refusal(
            {
                Trouble.RATE_LIMITED: Refused(429, "Too Many Attempts."),
                Trouble.SERVER_ERROR: Refused(500, "Server Error"),
                Trouble.OVERLOADED: Refused(503, "Service Unavailable"),
                Trouble.CONTENT_REFUSED: Refused(422, "prompt: The prompt is not allowed."),
                Trouble.BAD_SECRET: Refused(401, "Unauthenticated"),
                Trouble.NO_CREDIT: Refused(
                    403, "Tracks limit exceeded", "LicenseLimitTotalTracksCount"
                ),
            }[trouble]
        )
        if trouble is Trouble.RATE_LIMITED:
            answer.headers["Retry-After"] = "1"
        return answer

    @route("POST", "/api/v3/service/customers")
    def customer(self, request: Request) -> Answer:
        custom_id = request.json.get("custom_id", "")
        if not custom_id or len(custom_id) > 255:
            raise Refused(422, "custom_id: The custom id field is required.")
        with self._lock:
            found = self.customers.setdefault(custom_id, (str(uuid.uuid4()), uuid.uuid4().hex))
        access = {
            "id": str(uuid.uuid4()),
            "customer_id": found[0],
            "token": found[1],
            "expired_at": _iso(datetime.now(UTC) + timedelta(days=30)),
        }
        return Answer(
            {"data": {"id": found[0], "custom_id": custom_id, "status": "active", "access": access}}
        )

    @route("POST", "/api/v3/public/tracks")
    def order(self, request: Request) -> Answer:
        body = request.json
        if not body.get("prompt") and not body.get("playlist_index"):
            raise Refused(422, "prompt: The prompt field is required.")
        if len(body.get("prompt", "")) > 255:
            raise Refused(422, "prompt: The prompt field must not be greater than 255 characters.")
        for name, allowed in (
            ("bitrate", (32, 96, 128, 192, 256, 320)),
            ("format", ("mp3", "wav")),
            ("intensity", ("low", "medium", "high")),
            ("mode", ("track", "loop", "jingle", "mix")),
        ):
            if name in body and body[name] not in allowed:
                raise Refused(422, f"{name}: The selected {name} is invalid.")
        if ("bpm" in body or "key" in body) and not body.get("playlist_index"):
            raise Refused(422, "bpm: The bpm field is prohibited when playlist index is empty.")
        duration = body.get("duration")
        if not isinstance(duration, int) or duration < 5:
            raise Refused(422, "duration: The duration field must be at least 5.")
        if duration > 1_800:
            raise Refused(403, "It is not possible to generate a track of this duration",
                          "LicenseForbiddenDuration")  # fmt: skip
        with self._lock:
            if self.plan < 1:
                raise Refused(403, "Tracks limit exceeded", "LicenseLimitTotalTracksCount")
            self.plan -= 1
            track = Track(body, request.headers["customer-id"], self.looks, self.failing)
            self.tracks.append(track)
        return Answer({"data": self._shown(track)}, billed_usd=self.usd_per_track)

    @route("GET", "/api/v3/public/tracks")
    def recent(self, request: Request) -> Answer:
        limit, offset = int(request.query.get("limit", 100)), int(request.query.get("offset", 0))
        mine = [t for t in reversed(self.tracks) if t.customer == request.headers["customer-id"]]
        return Answer(
            {
                "data": [self._shown(track) for track in mine[offset : offset + limit]],
                "meta": {"offset": offset, "limit": limit, "total": len(mine)},
            }
        )

    @route("GET", "/api/v3/public/tracks/([^/]+)")
    def look(self, request: Request) -> Answer:
        for track in self.tracks:
            if track.id == request.match[1]:
                with self._lock:
                    track.looks_left -= 1
                    if track.looks_left <= 0 and track.ready_at is None:
                        track.ready_at = datetime.now(UTC)
                return Answer({"data": self._shown(track)})
        raise Refused(404, f"No query results for model [App\\Models\\Track] {request.match[1]}")

    @route("GET", "/files/([^/]+)")
    def download(self, request: Request) -> Answer:
        for number, track in enumerate(self.tracks):
            if track.session == request.match[1] and track.session not in self._expired:
                data = song(self.length or float(track.body["duration"]), number)
                return Answer(data, content_type="audio/mpeg")
        raise Refused(404, "Not Found")

    def _shown(self, track: Track) -> dict[str, Any]:
        done = track.ready_at is not None
        status = "processing" if not done else "failed" if track.fails else "done"
        body = track.body
        return {
            "id": track.id,
            "session_id": track.session,
            "playlist_index": body.get("playlist_index"),
            "prompt": body.get("prompt"),
            "duration": body["duration"],
            "intensity": body.get("intensity", "high"),
            "mode": body.get("mode", "track"),
            "key": "Cm" if done else None,
            "bpm": 96 if done else None,
            "generations": [
                {
                    "session_id": track.session,
                    "format": body.get("format", "mp3"),
                    "bitrate": body.get("bitrate", 128),
                    "status": status,
                    "generated_at": _iso(track.ready_at) if track.ready_at else None,
                    "expired_at": _iso(track.ready_at + timedelta(minutes=15))
                    if track.ready_at
                    else None,
                    "created_at": _iso(datetime.now(UTC)),
                    "url": f"{self.url}/files/{track.session}" if status == "done" else None,
                }
            ],
        }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
