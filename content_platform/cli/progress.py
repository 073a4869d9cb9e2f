"""Live progress of a story being made: one line an asset, with its time; then where the time went."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from content_platform.orchestration.instance import StepEvent
from content_platform.providers.reservations import shown

MARKS = {
    "STEP_SUCCESS": Text("✓", "green"),
    "STEP_SKIPPED": Text("–", "dim"),
    "STEP_FAILURE": Text("✗", "red"),
}


@dataclass
class _Step:
    name: str
    began: float
    seconds: float | None = None
    event: str = "STEP_START"
    done: float = 0
    total: float = 0
    spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))


class StoryProgress:
    """Follows the run's steps. On a terminal it redraws; elsewhere it prints a line a finished step."""

    def __init__(self, story_id: str) -> None:
        self._story_id = story_id
        self._console = Console(highlight=False)
        self._steps: dict[str, _Step] = {}
        self._began = time.monotonic()
        self._ended: float | None = None
        self._live = (
            Live(get_renderable=self._draw, console=self._console, refresh_per_second=8)
            if self._console.is_terminal
            else None
        )

    def __enter__(self) -> StoryProgress:
        self._console.print(f"Making [bold]{self._story_id}[/]")
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = time.monotonic()
        if self._live:
            self._live.stop()

    def step(self, event: StepEvent) -> None:
        """A step began or ended."""
        if event.event == "STEP_START":
            self._steps[event.step] = _Step(event.step, time.monotonic())
        elif event.event in MARKS:
            step = self._steps.setdefault(event.step, _Step(event.step, time.monotonic()))
            step.seconds = time.monotonic() - step.began
            step.event = event.event
            if self._live is None and _is_asset(step.name):
                self._console.print(MARKS[event.event], f"{step.name:<18} {step.seconds:6.1f} s")

    def working(self, stage: str, done: float, total: float) -> None:
        """``done`` of ``total`` units of a step are finished."""
        step = self._steps.get(stage)
        if step is not None:
            step.done, step.total = done, total

    def stopped(self, note: str) -> None:
        """Ctrl-C ended it; ``note`` says how to go on."""
        self._console.print(f"Stopped; what is finished is kept. {note}", soft_wrap=True)

    def print_summary(self, cost_usd: Decimal) -> None:
        """Where the time went."""
        total = (self._ended or time.monotonic()) - self._began
        assets = [step for step in self._steps.values() if _is_asset(step.name)]
        checks = [step for step in self._steps.values() if not _is_asset(step.name)]
        spent = sum(step.seconds or 0 for step in assets)
        checked = sum(step.seconds or 0 for step in checks)
        table = Table(box=None, pad_edge=False, show_header=False)
        for step in sorted(assets, key=lambda step: -(step.seconds or 0)):
            if (step.seconds or 0) >= 0.5:
                table.add_row(f"  {step.name}", f"{step.seconds or 0:.1f} s")
        table.add_row("  quality checks", f"{checked:.1f} s")
        table.add_row("  everything else", f"{max(0.0, total - spent - checked):.1f} s")
        self._console.print(f"\nMade in [bold]{total:.0f} s[/] for {shown(cost_usd)}:")
        self._console.print(table)

    def _draw(self) -> Group:
        table = Table(box=None, pad_edge=False, show_header=False)
        now = time.monotonic()
        for step in self._steps.values():
            if not _is_asset(step.name):
                continue
            running = step.seconds is None
            mark = step.spinner if running else MARKS[step.event]
            bar = (
                ProgressBar(total=step.total, completed=step.done, width=28)
                if running and step.total
                else Text("")
            )
            seconds = now - step.began if step.seconds is None else step.seconds
            table.add_row(mark, step.name, f"{seconds:6.1f} s", bar)
        checking = [
            step.name
            for step in self._steps.values()
            if step.seconds is None and not _is_asset(step.name)
        ]
        note = Text(f"checking: {_check_name(checking[0])}", "dim") if checking else Text("")
        return Group(table, note)


def _is_asset(step: str) -> bool:
    """Check steps are named ``<asset>_<check>`` by Dagster; assets are known by name."""
    from content_platform.orchestration.build import asset_names

    return step in asset_names()


def _check_name(step: str) -> str:
    return step.replace("_", " ")
