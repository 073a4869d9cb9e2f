from dataclasses import replace
from datetime import UTC, datetime

import pytest

from content_platform.orchestration.loop_checks import no_model_retires_soon
from content_platform_tests.orchestration.world import World


def test_models_that_are_used_and_retire_soon_are_named_sixty_days_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Used: ranked by a channel, or its secret is here. OpenAI's voices end on 2027-01-06."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def told(*day: int) -> str:
        now = datetime(*day, tzinfo=UTC)  # type: ignore[arg-type]
        checked = no_model_retires_soon(runtime=replace(world.runtime, clock=lambda: now))
        assert checked.passed is not bool(checked.description)
        return checked.description or ""

    assert told(2026, 11, 22) == ""
    world.channel("hosted", providers={"speak": ["openai-tts-1", "kokoro"]})
    assert told(2026, 11, 6) == ""
    assert told(2026, 11, 22).startswith("models: openai-tts-1 retires in 45 days, on 2027-01-06")
    assert "gpt-4o-mini-tts" not in told(2026, 11, 22)
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-ours")
    assert "openai-gpt-4o-mini-tts retires in 45 days" in told(2026, 11, 22)
    assert "openai-tts-1 retired on 2027-01-06" in told(2027, 2, 1)
