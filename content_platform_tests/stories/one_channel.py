"""Fifty stories in a row on one channel, and how alike they are: for the tests and the benchmark.

The channel remembers what a real one does: its last plots, names, and first and last sentences.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from content_platform.stories.models import StoryDraft
from content_platform.stories.sentences import count_words, sentences
from content_platform.stories.storyteller import tell_story
from content_platform.vocabulary import Genre

THEMES = (
    "a baker who bakes letters for the dead",
    "two robots on a night train",
    "seven geese and a tax collector",
    "a lighthouse keeper on a stormy night",
    "a girl finds a glowing fox in a pine forest",
    "an old clockmaker's shop in a rainy city",
    "a door that should not exist",
    "a postman delivers a letter forty years late",
    "three sisters who share one umbrella",
    "a cat living in a bookshop",
    "an old wizard and his last spell",
    "the last librarian on Mars",
    "Captain Nora and the whale that sings",
    "forgiveness",
    "a boy and his grandfather build a kite",
    "an elevator that stops at a floor that is not there",
    "a scarecrow who dreams of dancing",
    "Zoë, a tailor who sews with moonlight",
    "a beekeeper who talks to the moon",
    "the snow globe that snows outside",
    "a piano that only plays at dawn",
    "twins who trade places on a ferry",
    "a dragon afraid of matches",
    "the town that lost its echo",
    "a nurse who knits during storms",
    "an astronaut who misses rain",
    "the smallest ghost in the hotel",
    "a widow who teaches a crow to count",
    "two thieves in a snowbound museum",
    "a gardener who grows lost buttons",
    "a ferryman who cannot swim",
    "the weather clerk and the stray cloud",
    "a bell that rings by itself in an empty village",
    "a hedgehog who collects apologies",
    "the night watchman of a toy shop",
    "an old woman who paints doors on walls",
    "a train driver and a runaway goat",
    "a map of a town that moves",
    "the girl who sold her shadow",
    "a mechanic who repairs old songs",
    "a snail who delivers the post",
    "a chess game by telephone",
    "five brothers and one pair of boots",
    "a teacher who finds a suitcase full of snow",
    "a polar bear in a laundromat",
    "the piano tuner of the deep sea",
    "an umbrella that remembers every rain",
    "a lost mitten on a winter bridge",
    "a barber who hears what hair remembers",
    "the last firefly of the summer",
)


def told_on_one_channel(genre: Genre, words: int) -> list[tuple[str, StoryDraft]]:
    """Every theme with its story of about ``words`` words."""
    plots: list[str] = []
    names: list[str] = []
    lines: set[str] = set()
    told = []
    for number, theme in enumerate(THEMES):
        draft = tell_story(
            theme,
            genre,
            target_words=words,
            seed=1000 + 7919 * number,
            avoid_kernels=list(dict.fromkeys(plots))[:20],
            avoid_names=names[:20],
            avoid_lines=lines,
        )
        plots.insert(0, draft.kernel)
        names[:0] = [member.name for member in draft.cast]
        lines |= set(ends(draft))
        told.append((theme, draft))
    return told


def text_of(draft: StoryDraft) -> str:
    return " ".join(scene.text for scene in draft.scenes)


def ends(draft: StoryDraft) -> tuple[str, str]:
    """The first sentence and the last one."""
    return sentences(draft.scenes[0].text)[0], sentences(draft.scenes[-1].text)[-1]


def most_alike(drafts: Iterable[StoryDraft]) -> float:
    """The highest Jaccard index of two stories' 4-word sequences."""
    told = map(_sequences, drafts)
    return max(
        len(one & other) / len(one | other) for one, other in itertools.combinations(told, 2)
    )


def _sequences(draft: StoryDraft) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text_of(draft).lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def length_error_p95(drafts: Iterable[StoryDraft], words: int) -> float:
    """What all but one in twenty keep within, as a share of ``words``."""
    errors = sorted(abs(count_words(text_of(draft)) / words - 1) for draft in drafts)
    return errors[-(-len(errors) * 95 // 100) - 1]
