"""``content-platform calendar show|plan``."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from content_platform.planning.calendar import DAYS_AHEAD, ContentCalendar
from content_platform.planning.models import SlotStatus
from content_platform.runtime import open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
COLOURS = {SlotStatus.STARTED: "green", SlotStatus.MISSED: "yellow"}


@app.command()
def show(
    channel: Annotated[str | None, typer.Option(help="Only this channel's.")] = None,
    days: Annotated[int, typer.Option(min=1, max=60, help="So many days ahead.")] = 3,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="At most so many.")] = 100,
) -> None:
    """The coming slots, each in its channel's local time."""
    with open_runtime(Settings()) as runtime:
        configs = {version.channel: version.config for version in runtime.configs.channels()}
        if channel is not None:
            runtime.configs.current(channel)
        slots = ContentCalendar(runtime.database, runtime.clock).upcoming(channel, days)
    if not slots:
        out.print(
            "Nothing is planned. Give a channel a cadence in its config, "
            "then `content-platform calendar plan`."
        )
        return
    table = Table("when", "zone", "channel", "series", "status", "story", box=None, pad_edge=False)
    for slot in slots[:limit]:
        config = configs.get(slot.channel)
        zone = config.cadence.timezone if config else "UTC"
        colour = COLOURS.get(slot.status, "cyan")
        table.add_row(
            f"{slot.slot_at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}",
            zone,
            slot.channel,
            slot.series or "",
            f"[{colour}]{slot.status}[/]",
            slot.story_id or escape(slot.reason),
        )
    out.print(table)
    if len(slots) > limit:
        out.print(f"… and {len(slots) - limit} more in these {days} days: --limit {len(slots)}")


@app.command()
def plan() -> None:
    """Plan the coming two weeks now, as the daemon does by itself."""
    with open_runtime(Settings()) as runtime:
        done = ContentCalendar(runtime.database, runtime.clock).refresh(runtime.configs.channels())
    out.print(
        f"{done.planned} slots planned, {done.cancelled} cancelled, {done.missed} missed; "
        f"{done.ahead} are ahead in the coming {DAYS_AHEAD} days."
    )
