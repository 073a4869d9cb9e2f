"""Hosted composer: Mubert's API, version 3. There is no SDK for it.

A track is ordered, then asked after until it is done, and fetched at once: its address is good
for a quarter of an hour. An order cannot be made twice safely, as the vendor knows no idempotency key.
So its number is kept, and its prompt ends in a mark of the attempt, by which the order is found again
among the latest tracks where not even its number arrived.

The licence token is the secret; the option ``company_id`` names the company it belongs to.
"""

from __future__ import annotations

import hashlib
import math
import time
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.music.fitting import SPARE_S, cue_of
from content_platform.music.models import ComposeRequest
from content_platform.music.wording import music_prompt, strength_of
from content_platform.providers.catalogue import ModelEntry, UnknownPrice
from content_platform.providers.hosted import http_failure, lost_answer
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    OutOfService,
    Produced,
    Repeatability,
    TransientFailure,
)
from content_platform.providers.rest import Reply, exchange

HOST = "https://music-api.mubert.com/api/v3"
SHORTEST_S = 5
LONGEST_S = 1_500
MOST_CHARACTERS = 255
CUSTOMER = "content-platform"
_ORDER = "order"
_POLL_S = 2.0
_PAGE = 100
_MOST_PAGES = 10


class MubertComposer:
    """Options: ``company_id`` (needed), ``customer`` (whose tracks they are), ``poll_s``."""

    def __init__(self, entry: ModelEntry, *, clock: Clock = utc_now) -> None:
        self.info = entry.info(Repeatability.PROBE_FIRST)
        self._entry = entry
        self._clock = clock
        self._host = (entry.base_url or HOST).rstrip("/")
        self._poll_s = float(entry.options.get("poll_s", _POLL_S))

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """The company's id."""
        if str(entry.options.get("company_id", "")).strip():
            return None
        return f"the option company_id of {entry.name} is missing; set it in your own catalogue"

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Embedded music is asked for, it is too long, or terms, price or the company's id are missing."""
        if not isinstance(request, ComposeRequest):
            return f"{self._entry.name} makes music, not {type(request).__name__}"
        if request.source != "auto":
            return f"the request wants embedded music (source = {request.source})"
        longest = self._entry.limits.get("seconds", LONGEST_S)
        if _length_s(request) > longest:
            return f"it would take {_length_s(request)} s of music; {self._entry.name} makes {longest} s at most"
        lacking = self.lacks(self._entry)
        if lacking is not None:
            return lacking
        if self._entry.unaccepted:
            return self._entry.unaccepted
        try:
            self._usd()
        except UnknownPrice as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """One track."""
        return self._usd()

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Order a track, wait for it, fetch it, and end it on the story's last chord."""
        if not isinstance(request, ComposeRequest):
            raise BadInput(f"{self._entry.name} makes music, not {type(request).__name__}.")
        access = self._access(context)
        reply = self._ask(
            "POST",
            "/public/tracks",
            access,
            context,
            json={
                "prompt": marked_prompt(request, context),
                "duration": _length_s(request),
                "format": "mp3",
                "bitrate": 320,
                "intensity": strength_of(request),
                "mode": "track",
            },
        )
        if not reply.ok:
            raise self._failure(reply)
        track = reply.json().get("data")
        if not isinstance(track, dict) or not isinstance(track.get("id"), str):
            raise lost_answer(self._entry.vendor, ValueError("it names no track"))
        context.parts.keep(_ORDER, note=track["id"], cost_usd=self._usd())
        return self._finished(track, request, access, context)

    def probe(
        self, request: CallRequest[BaseModel], context: CallContext
    ) -> Produced[BaseModel] | None:
        """The track this call ordered, if it did; None when the vendor has no such order.

        Raises CallFailure with the track's price when it was made and its sound is gone for good.
        """
        if not isinstance(request, ComposeRequest):
            raise BadInput(f"{self._entry.name} makes music, not {type(request).__name__}.")
        try:
            access = self._access(context)
            track = self._ordered(request, access, context)
        except CallFailure as failure:
            failure.cost_usd = None  # the question was not answered; it says nothing of the order
            raise
        return None if track is None else self._finished(track, request, access, context)

    def _ordered(
        self, request: ComposeRequest, access: dict[str, str], context: CallContext
    ) -> dict[str, Any] | None:
        """The call's track: by its number where that was kept, else by its mark; None if there is none."""
        known = context.parts.get(_ORDER)
        if known is not None:
            reply = self._ask("GET", f"/public/tracks/{known.note}", access, context)
            found = reply.json().get("data") if reply.ok else None
            if isinstance(found, dict):
                return found
        prompt = marked_prompt(request, context)
        for page in range(_MOST_PAGES):
            reply = self._ask(
                "GET", "/public/tracks", access, context,
                params={"limit": _PAGE, "offset": page * _PAGE, "order": "desc"},
            )  # fmt: skip
            if not reply.ok:
                raise self._failure(reply)
            tracks = reply.json().get("data")
            if not isinstance(tracks, list):
                raise CallFailure(f"{self._entry.vendor} does not list its tracks", cost_usd=None)
            for track in tracks:
                if track.get("prompt") == prompt:
                    return dict(track)
            if len(tracks) < _PAGE:
                return None
        raise CallFailure(
            f"{self._entry.vendor} has more than {_MOST_PAGES * _PAGE} later tracks; look there for "
            f"one whose prompt ends in {prompt.rsplit(' ', 1)[-1]}",
            cost_usd=None,
        )

    def _access(self, context: CallContext) -> dict[str, str]:
        """What public routes want. Finding a customer of that name again costs nothing."""
        try:
            reply = exchange(
                self._entry.vendor,
                "POST",
                f"{self._host}/service/customers",
                headers={
                    "company-id": str(self._entry.options.get("company_id", "")),
                    "license-token": context.secret.get_secret_value() if context.secret else "",
                },
                json={"custom_id": str(self._entry.options.get("customer", CUSTOMER))},
                deadline=context.deadline,
                clock=self._clock,
            )
        except TransientFailure as failure:
            failure.cost_usd = Decimal(0)
            raise
        if not reply.ok:
            raise self._failure(reply)
        try:
            customer = reply.json()["data"]
            # Not access.id, which names the token.
            return {"customer-id": customer["id"], "access-token": customer["access"]["token"]}
        except (KeyError, TypeError):
            raise TransientFailure(
                f"{self._entry.vendor} gave no access for the customer"
            ) from None

    def _finished(
        self,
        track: dict[str, Any],
        request: ComposeRequest,
        access: dict[str, str],
        context: CallContext,
    ) -> Produced[BaseModel]:
        try:
            return self._finish(track, request, access, context)
        except CallFailure as failure:
            if failure.cost_usd is not None:  # nothing is to be had of it any more
                context.parts.forget(_ORDER)
            raise

    def _finish(
        self,
        track: dict[str, Any],
        request: ComposeRequest,
        access: dict[str, str],
        context: CallContext,
    ) -> Produced[BaseModel]:
        vendor, track_id = self._entry.vendor, str(track["id"])
        generation = self._done(track, access, context)
        url = str(generation.get("url") or "")
        reply = exchange(
            vendor, "GET", url, deadline=context.deadline, clock=self._clock, follow_redirects=True
        )
        if reply.status >= 500:
            raise lost_answer(vendor, OSError(f"the sound of track {track_id}: {reply.status}"))
        if not reply.ok:
            raise CallFailure(
                f"{vendor} made track {track_id}, and its sound can no longer be fetched "
                f"({reply.status})",
                cost_usd=self._usd(),
            )
        path = context.workspace / "composed.mp3"
        path.write_bytes(reply.data)
        try:
            cue, audio = cue_of(
                path, request, f"{request.mood.value.capitalize()} music", context.workspace
            )
        except DefectiveMedia as error:
            raise CallFailure(str(error), cost_usd=self._usd()) from error
        return Produced(cue, {"audio": audio}, track_id, self._usd())

    def _done(
        self, track: dict[str, Any], access: dict[str, str], context: CallContext
    ) -> dict[str, Any]:
        """The track's generation once it is done. What goes wrong on the way is asked again."""
        vendor, track_id = self._entry.vendor, str(track["id"])
        trouble = "it was still at work"
        while True:
            generations = track.get("generations") or [{}]
            generation: dict[str, Any] = generations[0]
            if generation.get("status") == "done":
                return generation
            if generation.get("status") == "failed":
                raise CallFailure(f"{vendor} failed to make track {track_id}", cost_usd=self._usd())
            if _left_s(context.deadline, self._clock) <= self._poll_s:
                raise lost_answer(vendor, TimeoutError(f"track {track_id}: {trouble}"))
            time.sleep(self._poll_s)
            try:
                reply = self._ask("GET", f"/public/tracks/{track_id}", access, context)
            except TransientFailure as error:
                trouble = str(error)
                continue
            found = reply.json().get("data") if reply.ok else None
            if isinstance(found, dict):
                track = found
            else:
                trouble = f"it answered {reply.status}"

    def _ask(
        self,
        method: str,
        path: str,
        access: dict[str, str],
        context: CallContext,
        *,
        json: dict[str, Any] | None = None,
        params: dict[str, str | int] | None = None,
    ) -> Reply:
        return exchange(
            self._entry.vendor,
            method,
            f"{self._host}{path}",
            headers=access,
            json=json,
            params=params,
            deadline=context.deadline,
            clock=self._clock,
        )

    def _failure(self, reply: Reply) -> CallFailure:
        """``{message, code}``; what is wrong with a request has ``errors`` instead of a code."""
        vendor, body = self._entry.vendor, reply.json()
        code = str(body.get("code", ""))
        message = f"{code} {body.get('message', '')} {body.get('errors', '')}".strip()
        if reply.status == 403 and ("Limit" in code or code == "LicenseExpired"):
            return OutOfService(f"{vendor}: the plan is used up: {message}")
        if reply.status == 403 and code.startswith("LicenseForbidden"):
            return CallFailure(f"{vendor}: the plan does not hold this: {message}")
        return http_failure(
            vendor, reply.status, message or reply.text, reply.headers, self._clock()
        )

    def _usd(self) -> Decimal:
        return self._entry.cost({"track": 1}, self._clock().date())


def marked_prompt(request: ComposeRequest, context: CallContext) -> str:
    """What is asked for, ending in a mark of the attempt; no two orders have the same."""
    order = f"{context.idempotency_key}/{context.attempt}"
    mark = f"#{hashlib.sha256(order.encode()).hexdigest()[:12]}"
    return f"{music_prompt(request, MOST_CHARACTERS - len(mark) - 1)} {mark}"


def _length_s(request: ComposeRequest) -> int:
    return max(SHORTEST_S, math.ceil(request.resolve_at_s + SPARE_S))


def _left_s(deadline: datetime, clock: Clock) -> float:
    return (deadline - clock()).total_seconds()
