"""A small real provider for tests: it draws nothing, but writes a file and returns a record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
    Repeatability,
)
from content_platform.storage.models import Model


class Sketch(Model):
    """What the sample provider returns."""

    caption: str
    strokes: int


class SketchRequest(CallRequest[Sketch]):
    """Ask for a sketch."""

    capability: ClassVar[Capability] = Capability.DRAW
    output_model: ClassVar[type[Sketch]] = Sketch

    subject: str
    strokes: int = 3
    options: dict[str, str] = Field(default_factory=dict)


Deed = Callable[[SketchRequest, CallContext], None]


class Sketcher:
    """Writes ``subject`` to a text file. ``deed`` runs first: it may wait, fail, or kill.

    ``price`` is what it says it will cost, ``bill`` what it costs then; ``more`` are fields of its info.
    """

    def __init__(
        self,
        name: str = "sketcher",
        *,
        deed: Deed = lambda request, context: None,
        refuses: str | None = None,
        price: str = "0",
        bill: str | None = None,
        embedded: bool = True,
        repeatability: Repeatability = Repeatability.REPEATABLE,
        timeout_s: float = 20,
        writes: bytes | None = None,
        **more: Any,
    ) -> None:
        self.info = ProviderInfo(
            name=name,
            vendor=f"{name} works",
            model=f"{name}-model",
            model_version="1",
            capability=Capability.DRAW,
            licence="CC0-1.0",
            terms_url="https://example.org/terms",
            embedded=embedded,
            repeatability=repeatability,
            timeout_s=timeout_s,
            **more,
        )
        self._deed = deed
        self._refuses = refuses
        self._price = Decimal(price)
        self._bill = Decimal(price if bill is None else bill)
        self._writes = writes
        self._lock = threading.Lock()
        self.asked = 0
        self.contexts: list[CallContext] = []

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        return self._refuses

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return self._price

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        assert isinstance(request, SketchRequest)
        with self._lock:
            self.asked += 1
            self.contexts.append(context)
        self._deed(request, context)
        file = context.workspace / "sketch.txt"
        file.write_bytes(request.subject.encode() if self._writes is None else self._writes)
        return Produced(
            output=Sketch(
                caption=f"{request.subject} by {self.info.name}", strokes=request.strokes
            ),
            files={"sketch": file},
            response_id=f"{self.info.name}-{context.attempt}",
            cost_usd=self._bill,
        )
