"""How tests call a hosted provider's adapter directly, and what each trouble must become."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from content_platform.clock import utc_now
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    ContentRefused,
    CredentialRefused,
    OutOfService,
    Part,
    Produced,
    Provider,
    TransientFailure,
)
from content_platform_tests.contract_servers.vendor import Trouble, VendorServer

SECRET = "test-secret-1"


def context(
    folder: Path, *, key: str = "call-1", seconds: float = 20, secret: str = SECRET
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


@dataclass(frozen=True)
class Outcome:
    """What a call under a trouble must end in."""

    kind: type[CallFailure] | None
    """None: it succeeds."""
    cost_known: bool = True


OUTCOMES = {
    Trouble.RATE_LIMITED: Outcome(TransientFailure),
    Trouble.SERVER_ERROR: Outcome(TransientFailure),
    Trouble.OVERLOADED: Outcome(TransientFailure),
    Trouble.HANGS: Outcome(TransientFailure, cost_known=False),
    Trouble.CUT_BEFORE: Outcome(TransientFailure, cost_known=False),
    Trouble.CUT_AFTER: Outcome(TransientFailure, cost_known=False),
    Trouble.TRUNCATED: Outcome(TransientFailure, cost_known=False),
    Trouble.CONTENT_REFUSED: Outcome(ContentRefused),
    Trouble.BAD_SECRET: Outcome(CredentialRefused),
    Trouble.NO_CREDIT: Outcome(OutOfService),
    Trouble.MALFORMED: Outcome(CallFailure),
    Trouble.SLOW: Outcome(None),
}


def assert_outcome(
    provider: Provider, request: Any, server: VendorServer, trouble: Trouble, folder: Path
) -> None:
    """Play ``trouble`` on the first request and check class and money against the vendor's meter."""
    server.misbehave(trouble)
    assert_failed_right(provider, request, server, trouble, folder)


def assert_failed_right(
    provider: Provider, request: Any, server: VendorServer, trouble: Trouble, folder: Path
) -> Produced[Any] | None:
    """As ``assert_outcome``, for a trouble that is already in the queue."""
    wanted = OUTCOMES[trouble]
    where = context(folder, seconds=0.6 if trouble is Trouble.HANGS else 20)
    if wanted.kind is None:
        produced = provider.call(request, where)
        assert produced.cost_usd == server.billed_usd
        return produced
    failure = failure_of(provider, request, where)
    assert isinstance(failure, wanted.kind), failure
    if wanted.kind is CallFailure:
        assert not isinstance(failure, TransientFailure)
        assert failure.cost_usd in (None, server.billed_usd)
    elif wanted.cost_known:
        assert failure.cost_usd == server.billed_usd == Decimal(0)
    else:
        assert failure.cost_usd is None
    assert server.billed_usd <= provider.estimate_usd(request)
    if trouble is Trouble.RATE_LIMITED:
        assert isinstance(failure, TransientFailure)
        assert failure.retry_after_s is not None
    return None
