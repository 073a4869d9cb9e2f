"""Hosted composer: Suno, through a reseller, because Suno itself offers no API.

Off until an operator has accepted the entry's ``acknowledgement`` in so many words, and recorded in
the option ``licence_record`` under which licence the music may be used (a contract, an invoice of a
commercial plan). The address of the reseller is the operator's choice, too: ``base_url``.

A task is ordered, asked after until it is done, and fetched. The number of an order is kept, so that
whoever makes the call next asks after it instead of ordering again.
"""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from content_platform.clock import Clock, utc_now
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.music.fitting import cue_of
from content_platform.music.models import ComposeRequest, Cue
from content_platform.music.wording import UNWANTED, music_prompt
from content_platform.providers.catalogue import ModelEntry, UnknownPrice
from content_platform.providers.hosted import http_failure, lost_answer
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    CredentialRefused,
    OutOfService,
    Produced,
    TransientFailure,
)
from content_platform.providers.rest import Reply, exchange

MOST_STYLE_CHARACTERS = 200
_POLL_S = 5.0
_ORDER = "order"
_WORKING = {"PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS"}
_NO_CREDIT = 429
_TOO_OFTEN = {405, 430}
_MAINTENANCE = 455


class SunoComposer:
    """Options: ``licence_record`` and ``callback_url`` (both needed), ``poll_s``."""

    def __init__(self, entry: ModelEntry, *, clock: Clock = utc_now) -> None:
        record = str(entry.options.get("licence_record", "")).strip()
        info = entry.info()
        self.info = info.model_copy(
            update={"licence": f"{info.licence}; {record}" if record else info.licence}
        )
        self._entry = entry
        self._record = record
        self._clock = clock
        self._poll_s = float(entry.options.get("poll_s", _POLL_S))

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """It is not accepted in so many words, not licensed on record, has no address or no price."""
        if not isinstance(request, ComposeRequest):
            return f"{self._entry.name} makes music, not {type(request).__name__}"
        if request.source != "auto":
            return f"the request wants embedded music (source = {request.source})"
        return self._missing()

    @staticmethod
    def lacks(entry: ModelEntry) -> str | None:
        """Something to accept, the licence, an address to report to, the reseller's own address."""
        if not entry.acknowledgement:
            return f"{entry.name} has no official API: its entry needs an acknowledgement to be accepted"
        for option, what in (
            ("licence_record", "under which licence its music may be used"),
            ("callback_url", "an address the vendor may report to; it insists on one"),
        ):
            if not str(entry.options.get(option, "")).strip():
                return f"the option {option} of {entry.name} is missing: {what}"
        if not entry.base_url:
            return f"base_url of {entry.name} is missing: there is no official server"
        return None

    def _missing(self) -> str | None:
        missing = self._entry.unaccepted or self.lacks(self._entry)
        if missing is not None:
            return missing
        try:
            self._usd()
        except UnknownPrice as error:
            return str(error)
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """One order, of two tracks."""
        return self._usd()

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Order music, wait for it, fetch it, and end it on the story's last chord."""
        if not isinstance(request, ComposeRequest):
            raise BadInput(f"{self._entry.name} makes music, not {type(request).__name__}.")
        missing = self._missing()
        if missing is not None:
            raise BadInput(missing)
        known = context.parts.get(_ORDER)
        task = known.note if known is not None else self._order(request, context)
        owed = self._usd() if known is None else Decimal(0)
        try:
            cue, audio = self._fetched(task, request, context)
        except CallFailure as failure:
            # The order is paid for, whatever became of it; who finds it later pays nothing more.
            failure.cost_usd = owed
            if not isinstance(failure, TransientFailure | CredentialRefused | OutOfService):
                context.parts.forget(_ORDER)
            raise
        attribution = f"Made with Suno ({self._record})"
        return Produced(
            cue.model_copy(update={"attribution": attribution}), {"audio": audio}, task, owed
        )

    def _fetched(
        self, task: str, request: ComposeRequest, context: CallContext
    ) -> tuple[Cue, Path]:
        vendor = self._entry.vendor
        track = self._done(task, context)
        reply = exchange(
            vendor,
            "GET",
            str(track.get("audioUrl", "")),
            deadline=context.deadline,
            clock=self._clock,
            follow_redirects=True,
        )
        if reply.status >= 500:
            raise lost_answer(vendor, OSError(f"the sound of {task}: {reply.status}"))
        if not reply.ok:
            raise CallFailure(f"{vendor} made {task}; its sound cannot be fetched ({reply.status})")
        path = context.workspace / "composed.mp3"
        path.write_bytes(reply.data)
        try:
            return cue_of(path, request, str(track.get("title") or "Music"), context.workspace)
        except DefectiveMedia as error:
            raise CallFailure(str(error)) from error

    def _order(self, request: ComposeRequest, context: CallContext) -> str:
        reply = self._ask(
            "POST",
            "/api/v1/generate",
            context,
            json={
                "customMode": True,
                "instrumental": True,
                "model": self._entry.model,
                "title": f"{request.mood.value.capitalize()} music",
                "style": music_prompt(request, MOST_STYLE_CHARACTERS),
                "negativeTags": ", ".join(UNWANTED),
                "callBackUrl": str(self._entry.options["callback_url"]),
            },
        )
        data = self._data(reply)
        task = data.get("taskId") if data is not None else None
        if not isinstance(task, str):
            raise lost_answer(self._entry.vendor, ValueError("it names no task"))
        context.parts.keep(_ORDER, note=task, cost_usd=self._usd())
        return task

    def _done(self, task: str, context: CallContext) -> dict[str, Any]:
        """The first track of a task that is done. What goes wrong on the way is asked again."""
        vendor = self._entry.vendor
        trouble = "it was still at work"
        while True:
            try:
                data = self._data(
                    self._ask(
                        "GET", "/api/v1/generate/record-info", context, params={"taskId": task}
                    )
                )
            except TransientFailure as error:
                data, trouble = None, str(error)
            status = str(data.get("status")) if data is not None else "PENDING"
            if status == "SUCCESS" and data is not None:
                try:
                    track: dict[str, Any] = data["response"]["sunoData"][0]
                    return track
                except (KeyError, IndexError, TypeError):
                    raise CallFailure(f"{vendor} finished {task} without a track") from None
            if status not in _WORKING:
                # Whether it gives the credits back the reseller does not say.
                failure = ContentRefused if status == "SENSITIVE_WORD_ERROR" else CallFailure
                raise failure(f"{vendor} ended {task} with {status}")
            if (context.deadline - self._clock()).total_seconds() <= self._poll_s:
                # The order stands: a retry asks after it, and pays nothing more.
                raise lost_answer(vendor, TimeoutError(f"{task}: {trouble}"))
            time.sleep(self._poll_s)

    def _ask(
        self,
        method: str,
        path: str,
        context: CallContext,
        *,
        json: dict[str, Any] | None = None,
        params: dict[str, str | int] | None = None,
    ) -> Reply:
        secret = context.secret.get_secret_value() if context.secret else ""
        return exchange(
            self._entry.vendor,
            method,
            f"{self._entry.base_url.rstrip('/')}{path}",
            headers={"Authorization": f"Bearer {secret}"},
            json=json,
            params=params,
            deadline=context.deadline,
            clock=self._clock,
        )

    def _data(self, reply: Reply) -> dict[str, Any] | None:
        """What an answer holds; None when it holds nothing that can be read. Raises CallFailure.

        Errors come as a ``code`` within an answer of status 200, too.
        """
        vendor, body = self._entry.vendor, reply.json()
        code = body.get("code", reply.status)
        message = str(body.get("msg") or reply.text)
        if code == 200 and reply.ok:
            data = body.get("data")
            return data if isinstance(data, dict) else None
        if code == _NO_CREDIT:
            raise OutOfService(f"{vendor} has no credit left: {message}")
        if code in _TOO_OFTEN or code == _MAINTENANCE:
            raise TransientFailure(f"{vendor} answered {code}: {message}")
        raise http_failure(vendor, int(code), message, reply.headers, self._clock())

    def _usd(self) -> Decimal:
        return self._entry.cost({"call": 1}, self._clock().date())
