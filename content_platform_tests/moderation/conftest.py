from __future__ import annotations

import pytest

from content_platform.storage.database import Database
from content_platform_tests.moderation.cases import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    """Channels, register, review queue and audit log on this test's database."""
    return Desk(database)
