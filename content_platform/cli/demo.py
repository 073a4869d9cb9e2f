"""``content-platform demo``: the whole loop on a simulated clock, beside a twin that does not learn."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from content_platform.errors import BadInput
from content_platform.settings import Settings

out = Console(highlight=False)


def demo(
    days: Annotated[int, typer.Option(min=8, max=365, help="So many simulated days.")] = 30,
    channels: Annotated[int, typer.Option(min=1, max=3, help="So many sample channels.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Decides the simulated audience.")] = 1,
    renders: Annotated[
        int, typer.Option(min=0, max=20, help="So many stories are made with media at the end.")
    ] = 1,
) -> None:
    """Live some weeks of the loop in minutes: plan, tell, judge, clear, publish, measure, learn.

    Stories are told, judged, cleared and published to the sandbox without media; its audience is
    simulated. A twin of the same world in which nobody learns tells what learning is worth. Nothing
    of it touches your own data.
    """
    from content_platform.demo.chart import chart_png
    from content_platform.demo.worlds import World, draw, live_as_twins, total_days
    from content_platform.steering.configs import sample_channels

    settings = Settings()
    folder = settings.data_dir / "demo"
    _clear(folder)
    began = time.monotonic()
    now = datetime.now(UTC)
    names = sample_channels()[:channels]
    world = World(
        data_dir=folder / "learning",
        start=now - timedelta(days=days + 6),
        days=days,
        channels=names,
        seed=seed,
        learning=True,
        plant_in=names[min(1, len(names) - 1)],
    )
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), console=out,
    ) as progress:  # fmt: skip
        task = progress.add_task("days lived", total=total_days(world))
        twins = live_as_twins(world, lambda _: progress.advance(task))
    chart = draw(twins)
    (folder / "chart.svg").write_text(chart)
    (folder / "chart.png").write_bytes(chart_png(chart))
    run = twins.learning
    for channel in run.channels:
        table = Table("version", "day", "by", "why", title=channel.title, title_justify="left")
        for version in channel.versions:
            day = (version.created_at - run.start).total_seconds() / 86_400
            table.add_row(
                str(version.version), f"{day:.1f}", version.author, escape(version.reason)
            )
        out.print(table)
    out.print(
        f"{run.stories_begun} stories begun, {run.stories_published} published, "
        f"{run.rollbacks} bad version(s) taken back."
    )
    out.print(
        f"[bold]{twins.uplift:+.1%}[/] watched seconds per impression against the twin that does "
        f"not learn ({run.objective:.3f} to {twins.twin.objective:.3f}). Simulated audience, seed "
        f"{seed}."
    )
    _render(world.settings, names, renders)
    out.print(f"  chart      {folder / 'chart.png'}", soft_wrap=True)
    out.print(f"Took {(time.monotonic() - began) / 60:.1f} minutes.")
    out.print(
        f"Look around in it: CONTENT_DATA_DIR={world.data_dir} content-platform dev", soft_wrap=True
    )


def _clear(root: Path) -> None:
    """Remove the worlds of an earlier demo; their databases first."""
    from content_platform.storage.postgres import EmbeddedPostgres

    for world in ("learning", "twin"):
        if (root / world).exists():
            EmbeddedPostgres(root / world).stop()
    shutil.rmtree(root, ignore_errors=True)
    if root.exists():
        raise BadInput(f"{root} cannot be removed.", remedy="Remove it by hand.")
    root.mkdir(parents=True)


def _render(settings: Settings, names: tuple[str, ...], renders: int) -> None:
    """Make a few stories with all their media under the learned configs, and publish them."""
    from content_platform.cli.story import produce
    from content_platform.publishing.sharing import share
    from content_platform.runtime import open_runtime
    from content_platform.stories.models import StoryRequest

    os.environ["CONTENT_SANDBOX_SEED"] = str(settings.sandbox_seed)  # for the run's own runtime
    with open_runtime(settings) as platform:
        for number in range(renders):
            request = StoryRequest(channel=names[number % len(names)], seed=number, publish=True)
            story = platform.register.register(request, new=True)
            produce(platform, story.story_id)
            share(story.story_id, uploads=platform.uploads, register=platform.register, wait_s=30)
