"""Stability AI over gRPC: the service of the SDK's own protocol, on a real gRPC server.

Needs the extra ``stability``. The SDK sends its key over encrypted channels only, so a local server
cannot see it; BAD_SECRET is what the service would say.
"""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Self

from content_platform_tests.contract_servers.pictures import picture
from content_platform_tests.contract_servers.stability import SDXL_SIZES
from content_platform_tests.contract_servers.vendor import Request, Trouble, VendorServer

ENGINE = "stable-diffusion-xl-1024-v1-0"
PATH = "/gooseai.GenerationService/Generate"


class StabilityGrpcServer(VendorServer):
    """Serves on a free port of this machine while used as a context manager."""

    def __init__(self, *, usd_per_picture: Decimal = Decimal("0.002")) -> None:
        super().__init__()
        self.usd_per_picture = usd_per_picture
        self.requests: list[Any] = []

    # The parts of the base that are HTTP's

    def __enter__(self) -> Self:
        import grpc
        from stability_sdk.interfaces.gooseai.generation import generation_pb2_grpc

        outer = self

        class Servicer(generation_pb2_grpc.GenerationServiceServicer):  # type: ignore[misc]
            def Generate(self, request: Any, context: Any) -> Any:  # noqa: N802
                yield from outer._generate(request, context)

        self._grpc = grpc.server(ThreadPoolExecutor(4))
        generation_pb2_grpc.add_GenerationServiceServicer_to_server(Servicer(), self._grpc)
        port = self._grpc.add_insecure_port("127.0.0.1:0")
        while str(port).endswith("443"):  # there the SDK takes the connection for an encrypted one
            port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._port = port
        self._grpc.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self._grpc.stop(0).wait()

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self._port}"

    def _generate(self, request: Any, context: Any) -> Any:
        from grpc import StatusCode
        from stability_sdk.interfaces.gooseai.generation import generation_pb2 as generation

        with self._lock:
            self.requests.append(request)
        trouble = self._next_trouble(f"POST {PATH}")
        said = {
            Trouble.RATE_LIMITED: (StatusCode.RESOURCE_EXHAUSTED, "rate limit exceeded"),
            Trouble.SERVER_ERROR: (StatusCode.INTERNAL, "internal server error"),
            Trouble.OVERLOADED: (StatusCode.UNAVAILABLE, "the service is overloaded"),
            Trouble.CONTENT_REFUSED: (
                StatusCode.INVALID_ARGUMENT, "Invalid prompts detected: filtered words",
            ),
            Trouble.BAD_SECRET: (StatusCode.UNAUTHENTICATED, "missing or invalid authorization"),
            Trouble.NO_CREDIT: (
                StatusCode.RESOURCE_EXHAUSTED,
                "Your organization does not have enough balance to request this action",
            ),
            Trouble.CUT_BEFORE: (StatusCode.UNAVAILABLE, "Connection reset by peer"),
        }  # fmt: skip
        if trouble in said:
            self._noted(request, None, Decimal(0), trouble)
            context.abort(*said[trouble])
        self._validate(request, context)
        text = request.prompt[0].text
        answer = generation.Answer(answer_id=uuid.uuid4().hex, request_id=request.request_id)
        artifact = answer.artifacts.add(
            id=0, type=generation.ARTIFACT_IMAGE, mime="image/png", finish_reason=generation.STOP,
            binary=picture(text, request.image.width, request.image.height), seed=request.image.seed[0],
        )  # fmt: skip
        if "blurred" in text:
            artifact.finish_reason = generation.FILTER
        lost = trouble in (Trouble.HANGS, Trouble.CUT_AFTER, Trouble.TRUNCATED)
        self._noted(request, None if lost else 200, self.usd_per_picture, trouble)
        if trouble is Trouble.HANGS:
            self._stopped.wait(60)
        if trouble in (Trouble.CUT_AFTER, Trouble.TRUNCATED):
            context.abort(StatusCode.UNAVAILABLE, "Connection reset by peer")
        if trouble is Trouble.MALFORMED:
            artifact.binary = b"\x00" * 64
        if trouble is Trouble.SLOW:
            for _ in range(4):
                yield generation.Answer(answer_id=answer.answer_id, request_id=request.request_id)
                time.sleep(0.05)
        yield answer

    def _noted(
        self, request: Any, status: int | None, billed: Decimal, trouble: Trouble | None
    ) -> None:
        asked = Request("POST", PATH, {}, {}, request.SerializeToString())
        self._note(asked, status, billed, trouble)

    @staticmethod
    def _validate(request: Any, context: Any) -> None:
        from grpc import StatusCode

        image = request.image
        if request.engine_id != ENGINE:
            context.abort(StatusCode.NOT_FOUND, f"engine {request.engine_id} not found")
        if (image.width, image.height) not in SDXL_SIZES:
            context.abort(StatusCode.INVALID_ARGUMENT, "height and width are not allowed for SDXL")
        if not request.prompt or not request.prompt[0].text or len(request.prompt[0].text) > 2_000:
            context.abort(StatusCode.INVALID_ARGUMENT, "prompt must have 1 to 2000 characters")
        if not 10 <= image.steps <= 50 or image.samples != 1:
            context.abort(StatusCode.INVALID_ARGUMENT, "steps must be 10 to 50")
