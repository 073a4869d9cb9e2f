"""The command line: ``content-platform …``.

Commands read their arguments, call one function of a room or of the Dagster layer, and print.
Errors meant for people end in one message and exit code 1; Ctrl-C in 130.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup
from typer.main import get_group

from content_platform.cli import database, demo, dev, doctor
from content_platform.errors import ContentPlatformError, wrong_values
from content_platform.security.redaction import redact_text
from content_platform.settings import Settings

if TYPE_CHECKING:
    from typer._click import Command, Context  # typer names them nowhere else

GROUPS = {
    "story": "Make stories and look at them.",
    "channel": "The channels and their configs.",
    "calendar": "When stories are due.",
    "review": "What waits for a person's decision.",
    "upload": "What was published where, and what waits.",
    "config": "Config versions: who changed what, and why.",
    "experiment": "Which way is better? Arms side by side.",
    "provider": "Who makes what: engines, hosted models, their breakers.",
    "budget": "What may be spent, what was, and where the month will end.",
    "sandbox": "The built-in platform with its simulated audience.",
    "voices": "The voices there are, and what one sounds like.",
    "database": "The database behind everything.",
}
"""Groups of commands, each ``app`` in the module of its name, and what they are for."""


class Groups(TyperGroup):
    """Loads a group's module when it is asked for: a command starts without what the others need."""

    def list_commands(self, ctx: Context) -> list[str]:
        return [*GROUPS, *super().list_commands(ctx)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"content_platform.cli.{cmd_name}")
        group = get_group(module.app)
        group.name, group.help = cmd_name, GROUPS[cmd_name]
        return group


app = typer.Typer(
    name="content-platform",
    help="Narrated story videos, produced, published and improved from Dagster.",
    cls=Groups,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("doctor")(doctor.doctor)
app.command("dev")(dev.dev)
app.command("demo")(demo.demo)
app.command("stop")(database.stop)

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


def _explain(message: str, remedy: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(Text("✗", "bold red"), Text(redact_text(message)), soft_wrap=True)
    if remedy:
        console.print(" ", Text(redact_text(remedy), "yellow"), soft_wrap=True)


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
