"""``content-platform channel list|show|add``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Table

from content_platform.errors import BadInput
from content_platform.runtime import open_runtime
from content_platform.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)


@app.command("list")
def list_channels() -> None:
    """The channels, with the config version in force."""
    with open_runtime(Settings()) as runtime:
        versions = runtime.configs.channels()
    table = Table("channel", "title", "genres", "languages", "config", box=None, pad_edge=False)
    for version in versions:
        config = version.config
        table.add_row(
            config.channel,
            config.title,
            ", ".join(config.genres),
            ", ".join(config.locales),
            f"version {version.version}",
        )
    out.print(table)


@app.command()
def show(channel: Annotated[str, typer.Argument(help="Its name, as `channel list` says.")]) -> None:
    """One channel's config, as YAML."""
    with open_runtime(Settings()) as runtime:
        version = runtime.configs.current(channel)
    out.print(
        f"# version {version.version}, {version.created_at:%Y-%m-%d}, by {version.author}: "
        f"{version.reason}",
        style="dim",
        markup=False,
    )
    text = yaml.safe_dump(
        version.config.model_dump(mode="json"), sort_keys=False, allow_unicode=True
    )
    out.print(text, markup=False, soft_wrap=True)


@app.command()
def add(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Make a channel from a YAML file."""
    from content_platform.narration.voices import choose_voice
    from content_platform.steering.configs import read_channel_file

    config = read_channel_file(file)
    for locale in config.locales:
        choose_voice(config.narration, locale, None)
    with open_runtime(Settings()) as runtime:
        version = runtime.configs.add_channel(
            config, author="person", reason=f"read from {file.name}"
        )
    if version.config != config:
        raise BadInput(
            f"Channel {config.channel!r} exists with another config; it was left as it is.",
            remedy="Give the new channel a name of its own.",
        )
    out.print(f"{version.channel}: config version {version.version}")
