"""Budgets, costs and providers on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from content_platform.providers.breakers import Cause
from content_platform_tests.command import Workplace


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    made = Workplace(tmp_path)
    yield made
    made.close()


def test_budgets_and_breakers_are_seen_and_changed_by_people(place: Workplace) -> None:
    made = place.run("budget", "set", "all", "*", "month", "--soft", "8", "--hard", "$12.50")
    assert made.out.strip() == "all * month: soft $8.00, hard $12.50"
    assert "all * month" in place.run("budget", "list").out
    assert "all providers, " in place.run("budget", "forecast").out
    assert "$0.00 since" in place.run("budget", "costs", "--by", "channel").out
    removed = place.run("budget", "remove", "all", "*", "month")
    assert removed.out.strip() == "all * month: removed"
    refused = place.run("budget", "set", "all", "*", "month", "--hard", "much")
    assert (refused.code, "no amount of dollars" in refused.err) == (1, True)

    assert "kokoro" in place.run("provider", "list", "--capability", "speak").out
    with place.runtime() as runtime:
        runtime.pipeline.breakers.open(["kokoro"], Cause.OUT_OF_SERVICE, "no credit", None)
    shown = place.run("provider", "show", "kokoro").out
    assert "Apache-2.0" in shown
    assert "no credit" in shown
    assert "kokoro: its breaker is closed." in place.run("provider", "reset", "kokoro").out
    with place.runtime() as runtime:
        assert runtime.pipeline.breakers.find() == {}
        (entry,) = runtime.audit.entries(action="provider.")
        assert (entry.subject, entry.detail["was"]) == ("kokoro", "open")
