"""``content-platform voices …``: the voices there are, and what one sounds like."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from content_platform.clock import utc_now
from content_platform.errors import BadInput
from content_platform.settings import Settings

if TYPE_CHECKING:
    from content_platform.narration.models import SpeakRequest
    from content_platform.providers.catalogue import Catalogue, ModelEntry

app = typer.Typer(invoke_without_command=True)

_LANGUAGES = 4
"""How many of a voice's languages are named before they are only counted."""
_SAMPLE = (
    "Once, where the road ends and the forest begins, there lived a girl who kept a lantern lit."
)


@app.callback()
def voices(
    context: typer.Context,
    locale: Annotated[str | None, typer.Option(help="Only voices for this language.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Hosted voices too that cannot be used here.")
    ] = False,
) -> None:
    """The voices there are, what they are like, and whether they can be used here."""
    if context.invoked_subcommand is not None:
        return
    from content_platform.hosted import why_unusable
    from content_platform.narration.voices import available_voices
    from content_platform.providers.catalogue import catalogue_of
    from content_platform.security.secrets import open_secrets

    out = Console(highlight=False)
    settings = Settings()
    table = Table(
        *("voice", "language", "character", "suits", "engine", "usable"), box=None, pad_edge=False
    )
    for voice, reason in available_voices(locale):
        table.add_row(
            *(voice.name, voice.locale, voice.character, ", ".join(voice.suits), voice.provider),
            reason or "[green]yes[/]",
        )
    secrets = open_secrets(settings)
    left_out: dict[str, list[str]] = {}
    for name, offer in _hosted_voices(catalogue_of(settings), locale).items():
        reasons = {m.name: why_unusable(m, secrets, utc_now().date()) for m in offer.models}
        usable = [model for model, reason in reasons.items() if reason is None]
        why_not = next((reason for reason in reasons.values() if reason), "")
        if not usable and not everything:
            left_out.setdefault(f"{offer.models[0].vendor}: {why_not}", []).append(name)
            continue
        engines, *more = usable or reasons
        if more:
            engines += f" and {len(more)} more"
        table.add_row(
            *(name, offer.spoken, offer.character, "", engines),
            "[green]yes[/]" if usable else why_not,
        )
    out.print(table)
    if left_out:
        out.print("\n[dim]Hosted voices that cannot be used here; --all lists them:[/]")
        for reason, names in left_out.items():
            out.print(f"[dim]  {len(names)} of {reason}[/]", soft_wrap=True)


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="A voice, as `voices` lists it.")],
    locale: Annotated[str | None, typer.Option(help="The language to say it in.")] = None,
    text: Annotated[str | None, typer.Option(help="What to say.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write; default NAME.flac.")] = None,
) -> None:
    """Let a voice say a sentence into a file. A hosted one costs what is shown."""
    import shutil

    from content_platform.providers.reservations import shown
    from content_platform.runtime import open_runtime

    settings = Settings()
    request, prefer = _request(name, locale, text, settings)
    target = to or Path(f"{name.replace('/', '-')}.flac")
    with open_runtime(settings) as runtime:
        said = runtime.pipeline.run(request, story_id="preview", prefer=prefer)
        shutil.copyfile(runtime.media.local_path(said.media["audio"]), target)
    cost = "said before, costs nothing again" if said.reused else shown(said.cost_usd)
    out = Console(highlight=False)
    out.print(f"{target}: {said.output.duration_s:.1f} s by {said.provider}, {cost}")


@dataclass
class _Offer:
    """One voice of a vendor."""

    character: str
    models: list[ModelEntry] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    @property
    def spoken(self) -> str:
        more = len(self.languages) - _LANGUAGES
        shown = ", ".join(self.languages[:_LANGUAGES])
        return f"{shown} and {more} more" if more > 0 else shown


def _hosted_voices(catalogue: Catalogue, locale: str | None) -> dict[str, _Offer]:
    """The vendors' voices as channels name them: ``azure/en-GB-RyanNeural``."""
    from content_platform.vocabulary import language_of

    offers: dict[str, _Offer] = {}
    for entry in catalogue:
        for language, voices in entry.voices.items():
            if locale is not None and language != language_of(locale):
                continue
            for voice in voices:
                character = entry.voice_names.get(voice, "")
                offer = offers.setdefault(f"{entry.adapter}/{voice}", _Offer(character))
                if entry not in offer.models:
                    offer.models.append(entry)
                if language not in offer.languages:
                    offer.languages.append(language)
    return offers


def _request(
    name: str, locale: str | None, text: str | None, settings: Settings
) -> tuple[SpeakRequest, list[str]]:
    """A sentence for a voice and no other, and the models that have it. Raises BadInput."""
    from content_platform.narration.models import SpeakRequest
    from content_platform.narration.voices import voice_named, voices
    from content_platform.providers.catalogue import catalogue_of
    from content_platform.vocabulary import check_locale, language_of

    try:
        check_locale(locale or "en")
    except ValueError as error:
        raise BadInput(f"--locale: {error}.", remedy="Write it as `voices` does.") from None
    offer = _hosted_voices(catalogue_of(settings), locale).get(name)
    if offer is None:
        voice = voice_named(name)
        spoken, sentence = locale or voice.locale, voice.sample
        own, prefer = f"{voice.provider}/{voice.name.rpartition('/')[2]}", [voice.provider]
    else:
        # Azure's names begin with their locale: en-GB-RyanNeural.
        begins = "-".join(name.rpartition("/")[2].split("-")[:2])
        fits = language_of(begins) in offer.languages
        spoken = locale or (begins if fits else offer.languages[0])
        sentence = next((voice.sample for voice in voices(spoken) if voice.sample), "")
        own, prefer = name, [entry.name for entry in offer.models]
    if not (text or sentence):
        raise BadInput(
            f"there is no sample sentence in {spoken!r}.", remedy="Give one with --text."
        )
    return SpeakRequest(text=text or sentence, locale=spoken, voice=own), prefer
