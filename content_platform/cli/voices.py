"""``content-platform voices``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def voices(
    locale: Annotated[str | None, typer.Option(help="Only voices for this language.")] = None,
) -> None:
    """The voices there are, what they are like, and whether they can be used here."""
    from content_platform.narration.voices import available_voices

    table = Table("voice", "language", "character", "engine", "usable", box=None, pad_edge=False)
    for voice, reason in available_voices(locale):
        table.add_row(
            voice.name, voice.locale, voice.character, voice.provider, reason or "[green]yes[/]"
        )
    Console(highlight=False).print(table)
