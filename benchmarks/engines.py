"""Asking the embedded engines as the provider pipeline does, without its accounts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from content_platform.providers.models import CallRequest, Produced, Provider

_PATIENCE = timedelta(minutes=5)


def called(provider: Provider, request: CallRequest[Any], folder: Path) -> Produced[BaseModel]:
    """What ``provider`` makes of ``request``; its files are in ``folder``."""
    from content_platform.clock import utc_now
    from content_platform.providers.models import CallContext

    return provider.call(request, CallContext("benchmark", folder, utc_now() + _PATIENCE, 1))
