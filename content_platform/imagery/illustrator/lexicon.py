"""From a storyteller's words to the things this engine can draw.

The words live in ``vocabulary.yaml`` beside this module; reading them and finding the nearest
entry belongs here, drawing does not. A word nobody listed gives None, and the caller falls back
on a picture that is true to the words it does know.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from importlib import resources
from typing import Any

_WORD = re.compile(r"[a-z]+")
_JOINS = frozenset({"of", "with", "in", "on", "from", "for", "at", "under", "inside", "without"})
_FILLERS = frozenset(
    {"the", "a", "an", "of", "his", "her", "their", "its", "old", "little", "small"}
)


@dataclass(frozen=True)
class Lexicon:
    """The tables of ``vocabulary.yaml``; phrases are lower-case and singular."""

    places: dict[str, str]
    """Phrase to place family."""
    props: dict[str, str]
    """Phrase to drawable thing."""
    animals: dict[str, str]
    """Noun to drawable animal."""
    puppets: dict[str, str]
    """Noun to what is drawn as a figure that stands, acts and feels as people do."""
    coats: dict[str, str]
    """Animal noun to ``#rrggbb`` where it differs from its shape's usual one."""
    actions: dict[str, str]
    """Verb (first form or -ing form) to pose."""
    feelings: dict[str, str]
    """Verb (first form or -ing form) to what it shows on a face."""
    costumes: dict[str, dict[str, Any]]
    """Role noun to changes of a ``Look``."""
    traits: dict[str, dict[str, Any]]
    """Trait word to changes of a ``Look``; ``$colour`` stands for the trait's colour word."""
    colours: dict[str, str]
    """Colour word to ``#rrggbb``."""
    old_words: frozenset[str]
    seasons: dict[str, str]
    """Word to ``spring``, ``summer``, ``autumn`` or ``winter``."""
    fabrics: dict[str, str]
    """What a small thing is made of, as a word, to ``#rrggbb``."""


@functools.cache
def lexicon() -> Lexicon:
    """The vocabulary, read once per process."""
    import yaml

    text = resources.files(__package__).joinpath("vocabulary.yaml").read_text("utf-8")
    data = yaml.safe_load(text)
    return Lexicon(
        places=_inverted(data["places"]),
        props=_inverted(data["props"]),
        animals=_inverted(data["animals"]),
        puppets=_inverted(data["puppets"]),
        coats=data["coats"],
        actions=_inverted(data["actions"]),
        feelings=_inverted(data["feelings"]),
        costumes={role: entry["look"] for entry in data["costumes"] for role in entry["roles"]},
        traits={word: entry["look"] for entry in data["traits"] for word in entry["words"]},
        colours=data["colours"],
        old_words=frozenset(data["old_words"]),
        seasons=_inverted(data["seasons"]),
        fabrics=data["fabrics"],
    )


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    return {phrase: family for family, phrases in table.items() for phrase in [family, *phrases]}


def words_of(text: str) -> set[str]:
    """The lower-case words of ``text``, hyphens split."""
    return set(_WORD.findall(_plain(text)))


def find(table: dict[str, str], phrase: str) -> str | None:
    """The entry for the longest known run of words in ``phrase``; later words weigh more.

    >>> find({"forest": "forest", "pine forest": "pines"}, "the dark pine forests")
    'pines'
    """
    words = _WORD.findall(_plain(phrase))
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            entry = _entry(table, words[start : start + length])
            if entry is not None:
                return entry
    return None


def find_noun(table: dict[str, str], phrase: str) -> str | None:
    """The entry for what ``phrase`` is about: its last noun, before any ``of``, ``with`` or ``in``.

    >>> find_noun({"machine": "robot", "jar": "bottle"}, "jar of honey")
    'bottle'
    >>> find_noun({"bird": "bird", "glass": "cup"}, "glass eye") is None
    True
    """
    words = _WORD.findall(_plain(phrase))
    end = next((k for k, word in enumerate(words) if k and word in _JOINS), len(words))
    for length in range(min(4, end), 0, -1):
        entry = _entry(table, words[end - length : end])
        if entry is not None:
            return entry
    return None


def find_verb(table: dict[str, str], phrase: str) -> str | None:
    """The entry for what is done: the longest known run, the earliest of equals."""
    words = _WORD.findall(_plain(phrase))
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            entry = _entry(table, words[start : start + length])
            if entry is not None:
                return entry
    return None


def _plain(text: str) -> str:
    """Lower case, without accents and possessives: ``the Café’s door`` is ``the cafe door``."""
    parts = unicodedata.normalize("NFKD", re.sub("[’']s\\b", "", text.lower()))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _entry(table: dict[str, str], run: list[str]) -> str | None:
    if len(run) == 1 and run[0] in _FILLERS:
        return None
    for last in _singulars(run[-1]):
        entry = table.get(" ".join([*run[:-1], last]))
        if entry is not None:
            return entry
    return None


def _singulars(word: str) -> list[str]:
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("ves"):
        forms.extend((word[:-3] + "f", word[:-3] + "fe"))
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    return forms
