"""A reseller of Suno as resellers document themselves: tasks, asked after until they are done.

Errors come as a ``code`` in answers of status 200.
"""

from __future__ import annotations

import json
import uuid
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


class SunoServer(VendorServer):
    """``looks`` is how often a task is still pending; ``ends_as`` what coming tasks end with."""

    def __init__(
        self, *, usd_per_order: Decimal = Decimal("0.06"), credits: int = 100, looks: int = 1
    ) -> None:
        super().__init__()
        self.usd_per_order = usd_per_order
        self.credits = credits
        """Orders that are left."""
        self.looks = looks
        self.ends_as = "SUCCESS"
        self.seconds = 60.0
        """How long the music is; nobody can ask for a length."""
        self.tasks: dict[str, dict[str, Any]] = {}

    def authorised(self, request: Request) -> bool:
        if request.path.startswith("/files/"):
            return True
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.secrets

    def refusal(self, refused: Refused) -> Answer:
        status = refused.status if refused.status in (404, 500, 503) else 200
        return Answer({"code": refused.status, "msg": refused.message, "data": None}, status)

    def trouble_answer(self, trouble: Trouble, request: Request) -> Answer:
        return self.refusal(
            {
                Trouble.RATE_LIMITED: Refused(430, "Your call frequency is too high."),
                Trouble.SERVER_ERROR: Refused(500, "Server exception"),
                Trouble.OVERLOADED: Refused(455, "The website is under maintenance."),
                Trouble.CONTENT_REFUSED: Refused(400, "The words are not allowed."),
                Trouble.BAD_SECRET: Refused(401, "You do not have access permissions"),
                Trouble.NO_CREDIT: Refused(429, "The current credits are insufficient."),
            }[trouble]
        )

    @route("POST", "/api/v1/generate")
    def generate(self, request: Request) -> Answer:
        body = request.json
        for name, kind in (
            ("customMode", bool),
            ("instrumental", bool),
            ("callBackUrl", str),
            ("model", str),
        ):
            if not isinstance(body.get(name), kind) or body[name] == "":
                raise Refused(400, f"{name} cannot be empty")
        if body["customMode"] and not (body.get("style") and body.get("title")):
            raise Refused(400, "style and title are needed in custom mode")
        if len(body.get("style", "")) > 1_000 or len(body.get("title", "")) > 80:
            raise Refused(413, "The theme or prompt is too long")
        if self.credits < 1:
            raise Refused(429, "The current credits are insufficient.")
        self.credits -= 1
        task = f"task-{uuid.uuid4().hex[:12]}"
        self.tasks[task] = {"left": self.looks, "ends_as": self.ends_as, "body": body}
        return Answer(
            {"code": 200, "msg": "success", "data": {"taskId": task}}, billed_usd=self.usd_per_order
        )

    @route("GET", "/api/v1/generate/record-info")
    def record(self, request: Request) -> Answer:
        task = self.tasks.get(request.query.get("taskId", ""))
        if task is None:
            raise Refused(404, "The task does not exist")
        task["left"] -= 1
        status = task["ends_as"] if task["left"] < 0 else "PENDING"
        data: dict[str, Any] = {
            "taskId": request.query["taskId"],
            "status": status,
            "type": "GENERATE",
            "param": json.dumps(task["body"]),
            "errorCode": None,
            "errorMessage": None,
            "response": None,
        }
        if status == "SUCCESS":
            tracks = [
                {
                    "id": f"{request.query['taskId']}-{number}",
                    "audioUrl": f"{self.url}/files/{request.query['taskId']}.mp3",
                    "title": task["body"]["title"],
                    "duration": self.seconds,
                }
                for number in range(2)
            ]
            data["response"] = {"taskId": request.query["taskId"], "sunoData": tracks}
        return Answer({"code": 200, "msg": "success", "data": data})

    @route("GET", "/files/([^/]+).mp3")
    def download(self, request: Request) -> Answer:
        if request.match[1] not in self.tasks:
            raise Refused(404, "Not Found")
        return Answer(song(self.seconds), content_type="audio/mpeg")
