"""Processes that spend at the same time never overspend together, and the ledger shows it commit by commit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.clock import utc_now
from content_platform.providers.accounts import costs
from content_platform.providers.budgets import Budgets
from content_platform.providers.models import CostBy
from content_platform.storage.database import Database
from content_platform_tests.providers.spenders import PRICE, journal, replay, spend


@pytest.mark.parametrize(
    ("processes", "calls", "hard"),
    [(3, 20, "0.25"), pytest.param(8, 200, "6.00", marks=pytest.mark.soak)],
)
def test_together_they_stay_within_the_budget_at_each_commit(
    processes: int, calls: int, hard: str, database: Database, tmp_path: Path
) -> None:
    with journal(database):
        outcome = spend(database, tmp_path, processes=processes, calls=calls, hard=Decimal(hard))
        played = replay(database)
    assert outcome.made + outcome.reused + outcome.refused == processes * calls
    assert outcome.refused > 0
    assert played.commits > outcome.made
    assert played.most_usd <= Decimal(hard)
    assert played.most_usd > Decimal(hard) - 3 * PRICE  # and all of it was used
    assert (played.differences, played.left_reserved_usd) == (0, 0)
    assert played.spent_usd == outcome.billed_usd + outcome.lost * PRICE
    (line, *spare) = costs(database, CostBy.PROVIDER)
    assert line.usd == played.spent_usd
    assert line.uncertain_usd == outcome.lost * PRICE
    assert all(each.usd == 0 for each in spare)
    for use in Budgets(database, utc_now).in_use():
        assert use.hard_usd is not None
        assert use.reserved_usd == 0
        assert use.spent_usd <= use.hard_usd
