"""One data folder with Dagster's tables for this room's tests; each test has channels of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from content_platform_tests.command import Workplace
from content_platform_tests.orchestration.world import World, opened


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    place = Workplace(tmp_path_factory.mktemp("loop"))
    yield place
    place.close()


@pytest.fixture
def world(workplace: Workplace) -> Iterator[World]:
    with opened(workplace.settings) as made:
        yield made
