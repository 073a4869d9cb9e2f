"""The vendors themselves: one small call to each whose secret is set, all together under one dollar.

Costs money, so nothing runs without ``make test-live``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.clock import utc_now
from content_platform.hosted import hosted_providers, why_unusable
from content_platform.providers.budgets import Budgets
from content_platform.providers.catalogue import Catalogue, ModelEntry, catalogue_of, load_catalogue
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import EACH, Period, Scope
from content_platform.security.secrets import Secrets, open_secrets
from content_platform.settings import Settings
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.vocabulary import Format
from content_platform_tests.providers.ordinary import ordinary_requests

BUDGET_USD = Decimal(1)

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONTENT_LIVE"), reason="asks the vendors, for money: run `make test-live`"
)


def cheapest(catalogue: Catalogue) -> list[ModelEntry]:
    """Of each adapter in each room the model that comes first: the cheapest that will stay."""
    first: dict[tuple[str, str], ModelEntry] = {}
    for entry in catalogue:
        first.setdefault((entry.capability, entry.adapter), entry)
    return list(first.values())


CATALOGUE = catalogue_of(Settings()) if os.environ.get("CONTENT_LIVE") else load_catalogue()


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    return open_secrets(Settings())


@pytest.fixture(scope="module")
def media_store(tmp_path_factory: pytest.TempPathFactory) -> LocalMediaStore:
    return LocalMediaStore(tmp_path_factory.mktemp("live") / "media")


@pytest.fixture(scope="module")
def pipeline(
    migrated_database: Database,
    media_store: LocalMediaStore,
    secrets: Secrets,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    Budgets(migrated_database, utc_now).set(
        Scope.ALL,
        EACH,
        Period.TOTAL,
        soft_usd=None,
        hard_usd=BUDGET_USD,
        author="make test-live",
        reason="the live tests",
    )
    made = Pipeline(
        migrated_database,
        media_store,
        hosted_providers(CATALOGUE, secrets, clock=utc_now, media=media_store),
        clock=utc_now,
        scratch_dir=tmp_path_factory.mktemp("scratch"),
        secrets=secrets,
    )
    yield made
    made.close()


@pytest.mark.parametrize("entry", cheapest(CATALOGUE), ids=lambda entry: entry.name)
def test_a_vendor_answers_one_small_call(
    entry: ModelEntry,
    pipeline: Pipeline,
    secrets: Secrets,
    media_store: LocalMediaStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = why_unusable(entry, secrets, utc_now().date())
    if reason is not None:
        pytest.skip(reason)
    requests = ordinary_requests(
        media_store, tmp_path, words=60, seconds=20, formats=[Format.SQUARE]
    )
    request = requests[entry.capability]
    refusal = next(p for p in pipeline.providers if p.info.name == entry.name).refusal(request)
    if refusal is not None:
        pytest.skip(refusal)
    result = pipeline.run(request, story_id=f"live-{entry.name}", prefer=[entry.name])
    with capsys.disabled():
        print(f"\n  {entry.name}: {result.seconds:.1f} s, {result.cost_usd:f} USD", end=" ")
    assert result.provider == entry.name
    for ref in result.media.values():
        assert media_store.local_path(ref).stat().st_size == ref.size_bytes > 0
