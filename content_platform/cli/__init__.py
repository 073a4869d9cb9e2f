"""The command line: ``content-platform …``.

Commands read their arguments, call one function of a room or of the Dagster layer, and print.
Errors meant for people end in one message and exit code 1; Ctrl-C in 130.
"""

from __future__ import annotations

import os
import sys

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from content_platform.cli import (
    calendar,
    channels,
    config,
    database,
    demo,
    dev,
    doctor,
    experiment,
    review,
    sandbox,
    story,
    upload,
    voices,
)
from content_platform.errors import ContentPlatformError, wrong_values
from content_platform.settings import Settings

app = typer.Typer(
    name="content-platform",
    help="Narrated story videos, produced, published and improved from Dagster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(story.app, name="story", help="Make stories and look at them.")
app.add_typer(channels.app, name="channel", help="The channels and their configs.")
app.add_typer(calendar.app, name="calendar", help="When stories are due.")
app.add_typer(review.app, name="review", help="What waits for a person's decision.")
app.add_typer(upload.app, name="upload", help="What was published where, and what waits.")
app.add_typer(config.app, name="config", help="Config versions: who changed what, and why.")
app.add_typer(experiment.app, name="experiment", help="Which way is better? Arms side by side.")
app.add_typer(
    sandbox.app, name="sandbox", help="The built-in platform with its simulated audience."
)
app.add_typer(database.app, name="database", help="The database behind everything.")
app.command("voices")(voices.voices)
app.command("doctor")(doctor.doctor)
app.command("dev")(dev.dev)
app.command("demo")(demo.demo)
app.command("stop")(database.stop)

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


def _explain(message: str, remedy: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(Text("✗", "bold red"), Text(message), soft_wrap=True)
    if remedy:
        console.print(" ", Text(remedy, "yellow"), soft_wrap=True)


def main() -> None:
    """Run the command line, turning known errors into one clear message."""
    try:
        app()
    except ContentPlatformError as error:
        _explain(error.message, error.remedy)
        sys.exit(1)
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        variables = {field: f"CONTENT_{field.upper()}" for field in Settings.model_fields}
        _explain(
            "\n".join(wrong_values(error, variables)),
            "Set the variable to an allowed value, or leave it unset.",
        )
        sys.exit(1)
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        # An engine may still be at work in a thread that Python would wait for, or trip over.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)
    except BrokenPipeError:
        os._exit(1)
