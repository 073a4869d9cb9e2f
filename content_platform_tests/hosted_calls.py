"""How tests call a hosted provider's adapter directly."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from content_platform.clock import utc_now
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    Part,
    Provider,
)

SECRET = "test-secret-1"


def context(
    folder: Path, *, key: str = "call-1", seconds: float = 60, secret: str = SECRET
) -> CallContext:
    """One attempt's context, in a fresh folder below ``folder``; all of a key share its parts."""
    workspace = folder / f"attempt-{sum(1 for _ in folder.iterdir()) if folder.exists() else 0}"
    workspace.mkdir(parents=True)
    deadline = utc_now() + timedelta(seconds=seconds)
    parts = PartsInFolder(folder / f"parts of {key}")
    return CallContext(key, workspace, deadline, 1, SecretStr(secret), parts)


class PartsInFolder:
    """Parts of a call as the pipeline keeps them, in a folder; money aside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Part | None:
        note, file = self._folder / f"{name}.note", self._folder / f"{name}.file"
        if not note.exists():
            return None
        return Part(note.read_text(), file if file.exists() else None)

    def keep(
        self, name: str, *, note: str = "", file: Path | None = None, cost_usd: Decimal = Decimal(0)
    ) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if file is not None:
            shutil.copyfile(file, self._folder / f"{name}.file")
        (self._folder / f"{name}.note").write_text(note)

    def forget(self, name: str) -> None:
        (self._folder / f"{name}.note").unlink(missing_ok=True)


class GivenSecrets:
    """Every secret has these versions."""

    def __init__(self, *values: str) -> None:
        self._versions = tuple(SecretStr(value) for value in values or (SECRET,))

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        return self._versions

    def refused(self, name: str) -> None:
        return None


def failure_of(provider: Provider, request: Any, where: CallContext) -> CallFailure:
    """The failure a call ends in; its whole chain must be free of the secret."""
    try:
        provider.call(request, where)
    except CallFailure as failure:
        seen: BaseException | None = failure
        while seen is not None:
            assert SECRET not in str(seen)
            assert SECRET not in repr(seen)
            seen = seen.__cause__ or seen.__context__
        return failure
    raise AssertionError("the call did not fail")
