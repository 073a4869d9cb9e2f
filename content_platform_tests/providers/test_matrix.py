"""Cells of the fault matrix: each adapter and each trouble once, and all of them when there is time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.hosted import ADAPTERS
from content_platform.providers import asking
from content_platform.providers.models import Capability
from content_platform.security import redaction
from content_platform.storage.database import Database
from content_platform_tests.contract_servers.azure_speech import AzureSpeechServer
from content_platform_tests.contract_servers.vendor import Trouble
from content_platform_tests.providers.matrix import Matrix
from content_platform_tests.providers.matrix_rows import FATES, ROWS, Row

SAMPLE = {
    "write · openai": Trouble.RATE_LIMITED,
    "write · openai-compatible": Trouble.BAD_SECRET,
    "write · anthropic": Trouble.OVERLOADED,
    "write · mistral": Trouble.CUT_BEFORE,
    "speak · elevenlabs": Trouble.BAD_SECRET,
    "speak · openai tts-1": Trouble.NO_CREDIT,
    "speak · azure": Trouble.TRUNCATED,
    "transcribe · openai": Trouble.HANGS,
    "draw · openai": Trouble.CUT_AFTER,
    "draw · stability core": Trouble.MALFORMED,
    "draw · stability stable-diffusion-xl": Trouble.SLOW,
    "draw · stability over gRPC": Trouble.SERVER_ERROR,
    "compose · elevenlabs": Trouble.CONTENT_REFUSED,
    "compose · mubert": Trouble.CUT_AFTER,
    "compose · suno": Trouble.CONTENT_REFUSED,
}
"""A trouble for every adapter, an adapter for every trouble; the dearest ones meet the shortest."""


@pytest.fixture
def matrix(database: Database, tmp_path: Path) -> Matrix:
    return Matrix(database, tmp_path)


def row_named(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)


def adapters_of(rows: Iterable[Row]) -> set[tuple[Capability, str]]:
    entries = [row.entry("http://127.0.0.1:9") for row in rows]
    return {(entry.capability, entry.adapter.lower()) for entry in entries}


@pytest.mark.parametrize(("name", "trouble"), SAMPLE.items(), ids=str)
def test_under_trouble_an_adapter_does_what_it_must_and_nobody_pays_twice(
    name: str, trouble: Trouble, matrix: Matrix
) -> None:
    assert matrix.cell(row_named(name), trouble).problems == ()


@pytest.mark.soak
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_trouble_of_every_adapter(row: Row, matrix: Matrix) -> None:
    problems = [problem for trouble in Trouble for problem in matrix.cell(row, trouble).problems]
    assert problems == []


def test_every_adapter_and_every_trouble_is_in_the_matrix() -> None:
    assert adapters_of(ROWS) == set(ADAPTERS)
    assert adapters_of(row_named(name) for name in SAMPLE) == set(ADAPTERS)
    assert set(FATES) == set(Trouble) == set(SAMPLE.values())


def bills_double() -> AzureSpeechServer:
    return AzureSpeechServer(usd_per_character=Decimal("0.00003"))


def asks_less(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "_TRIES", 2)


def waits_at_will(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "_wait", lambda state: 7.0)


def talks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "redact_text", str)
    patch.setattr(asking, "redact_error", lambda error: error)
    patch.setattr(redaction, "_forms", ())
    patch.setattr(redaction, "register", lambda value: None)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (asks_less, "('failed', 'failed'), not ('failed', 'failed', 'failed')"),
        (waits_at_will, "waited 7.0 s before attempt 2"),
        (talks, "the secret is written down"),
    ],
)
def test_the_matrix_sees_a_pipeline_that_does_wrong(
    spoil: Callable[[pytest.MonkeyPatch], None],
    problem: str,
    matrix: Matrix,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = row_named("transcribe · openai")
    matrix.warm(row)
    spoil(monkeypatch)
    problems = matrix.cell(row, Trouble.SERVER_ERROR).problems
    assert any(problem in each for each in problems), problems


def test_the_matrix_sees_a_bill_that_is_not_in_the_ledger(matrix: Matrix) -> None:
    row = row_named("speak · azure")
    matrix.warm(row)
    problems = matrix.cell(replace(row, serve=bills_double), Trouble.SLOW).problems
    assert any("in the ledger" in problem for problem in problems), problems


def test_the_matrix_sees_a_vendor_that_is_asked_twice_where_once_is_right(matrix: Matrix) -> None:
    row = row_named("speak · azure")
    forgiving = replace(row, unlike={**row.unlike, Trouble.TRUNCATED: row.fate(Trouble.MALFORMED)})
    problems = matrix.cell(forgiving, Trouble.TRUNCATED).problems
    assert any("billed 2 times, not 1" in problem for problem in problems), problems
