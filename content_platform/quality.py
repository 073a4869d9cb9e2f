"""The result of a quality check, as rooms return it and asset checks show it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class QualityReport:
    """``problems`` are sentences a person can act on; ``measures`` are the figures behind them."""

    problems: tuple[str, ...] = ()
    measures: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.problems
