"""The command line: ``content-platform …``.

Commands read their arguments, call one function of a room or of the Dagster layer, and print.
Errors meant for people end in one message and exit code 1; Ctrl-C in 130.
"""

from __future__ import annotations

import os
import sys

import typer
from rich.console import Console

from content_platform.cli import channels, database, dev, doctor, story, voices
from content_platform.errors import ContentPlatformError

app = typer.Typer(
    name="content-platform",
    help="Narrated story videos, produced, published and improved from Dagster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(story.app, name="story", help="Make stories and look at them.")
app.add_typer(channels.app, name="channel", help="The channels and their configs.")
app.add_typer(database.app, name="database", help="The database behind everything.")
app.command("voices")(voices.voices)
app.command("doctor")(doctor.doctor)
app.command("dev")(dev.dev)
app.command("stop")(database.stop)


def main() -> None:
    """Run the command line, turning known errors into one clear message."""
    try:
        app()
    except ContentPlatformError as error:
        message = Console(stderr=True, highlight=False)
        message.print("[bold red]✗[/]", error.message, markup=True, soft_wrap=True)
        if error.remedy:
            message.print(" ", error.remedy, style="yellow", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(1)
