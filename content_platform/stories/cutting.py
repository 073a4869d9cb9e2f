"""Where any text is cut into scenes.

Every word of the text is in exactly one piece, in order, unchanged. Pieces end at sentence borders;
only an endless sentence is cut inside. What a picture shows of a piece is ``scenes``' work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from content_platform.stories.sentences import count_words, join, paragraphs, sentences, split_long

MIN_SCENE_S = 4.0
GOOD_SCENE_S = 7.5
MAX_SCENE_S = 12.0

_LIST_ITEM = re.compile(
    r"^(?:\(?\d{1,3}[.)]\s|\d{1,3}[、．]|第[一二三四五六七八九十\d]{1,3}[、，,:：])"
)
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten"
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_STATED_NUMBER = re.compile(
    rf"^(?:fact|tip|reason|number|step|rule|lesson)\s+(?:\d+|{_NUMBERS})\b"
    rf"|^(?:{_ORDINALS}|firstly|secondly|thirdly|finally|last of all)[,:]",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:part|chapter|act|scene|day|week|book|section|episode)\s+[\w-]+[.:]?(?:\s|$)",
    re.IGNORECASE,
)
_MOST_HEADING_WORDS = 8


@dataclass(frozen=True)
class Span:
    """One scene's text."""

    text: str
    paragraph: int
    item: bool
    """One entry of a list, which has a scene to itself."""
    opens: bool
    """It begins an entry or a part, and belongs to nothing before it."""


def cut(text: str, words_per_second: float) -> list[Span]:
    """The pieces of a cleaned text, each of 4 to 12 s at that pace.

    Only a list's entry, a part under a heading, or the whole text may be shorter.
    """
    most = max(6, int(MAX_SCENE_S * words_per_second))
    least = MIN_SCENE_S * words_per_second
    good = GOOD_SCENE_S * words_per_second
    spans: list[Span] = []
    for number, (parts, item, begins) in enumerate(_parts(text)):
        opens = begins
        pieces = [piece for one in parts for piece in split_long(one, most)]
        group: list[str] = []
        size = 0
        for position, piece in enumerate(pieces):
            words = count_words(piece)
            rest = sum(count_words(later) for later in pieces[position + 1 :])
            full = size + words > most or (size >= least and size + words > good * 1.25)
            # Rather a long scene than a crumb left over at the paragraph's end.
            crumb = rest + words < least and size + words + rest <= most
            if group and full and not crumb:
                spans.append(Span(join(group), number, item, opens))
                group, size, opens = [], 0, False
            group.append(piece)
            size += words
        if group:
            spans.append(Span(join(group), number, item, opens))
    return _merge_crumbs(spans, least, most)


def _parts(text: str) -> list[tuple[list[str], bool, bool]]:
    """The sentences of each paragraph or list entry; whether it is an entry; whether it opens one.

    A list written as one paragraph is taken apart; a heading goes with what follows it.
    """
    parts: list[tuple[list[str], bool, bool]] = []
    heading: list[str] = []
    for paragraph in paragraphs(text):
        said = sentences(paragraph)
        if count_words(paragraph) <= _MOST_HEADING_WORDS and _HEADING.match(paragraph):
            heading += said
            continue
        entries = [at for at, one in enumerate(said) if _is_entry(one)]
        if len(entries) < 2:
            entries = entries if entries == [0] else []
        borders = sorted({0, *entries})
        for start, end in zip(borders, [*borders[1:], len(said)], strict=True):
            item = start in entries
            parts.append(([*heading, *said[start:end]], item, item or bool(heading)))
            heading = []
    if heading:
        parts.append((heading, False, False))
    return parts


def _is_entry(sentence: str) -> bool:
    return bool(_LIST_ITEM.match(sentence) or _STATED_NUMBER.match(sentence))


def _merge_crumbs(spans: list[Span], least: float, most: int) -> list[Span]:
    """Join scenes too short to see with a neighbour; entries stay on their own, if they have words."""
    merged: list[Span] = []
    for span in spans:
        if merged:
            before = merged[-1]
            sizes = count_words(before.text), count_words(span.text)
            apart = before.paragraph != span.paragraph and (before.item or span.opens)
            short = not apart and min(sizes) < least and sum(sizes) <= most
            if short or 0 in sizes:
                merged[-1] = replace(before, text=join([before.text, span.text]))
                continue
        merged.append(span)
    return merged
