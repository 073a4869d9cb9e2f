"""Cutting word timings into cues.

One pass of dynamic programming picks the cue borders whose total cost is least: borders want to
fall at the ends of sentences, then of clauses, then before a conjunction or preposition; cues want
to stay long enough to be read and short enough to be grasped. Nothing here draws or writes files.

The reading limits (2 lines of 42 characters, 16 full-width ones in East Asia, 1 to 7 s, 20
characters a second) are those common to broadcasters' and streaming services' caption guides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import inf

from content_platform.captions.models import Cue
from content_platform.narration.models import WordTiming
from content_platform.typography.scripts import (
    EAST_ASIAN,
    columns,
    ends_clause,
    ends_sentence,
    is_unspaced,
    joiner,
    may_break,
    script_of,
    split_to_fit,
)
from content_platform.vocabulary import Format, language_of


@dataclass(frozen=True)
class CueLimits:
    """What a cue may hold. ``columns`` counts as ``typography.scripts.columns`` does, per line."""

    columns: int
    max_words: int
    min_s: float = 1.0
    max_s: float = 7.0
    characters_per_second: float = 20.0


def reading_limits(locale: str) -> CueLimits:
    """For caption files shown by a player: 2 x 42 characters, 2 x 16 full-width ones in East Asia."""
    return CueLimits(columns=32 if script_of(locale) in EAST_ASIAN else 42, max_words=40)


_SCREEN = {
    Format.PORTRAIT: CueLimits(columns=20, max_words=7, min_s=0.7, max_s=5.0),
    Format.SQUARE: CueLimits(columns=26, max_words=8, min_s=0.8, max_s=5.0),
    Format.LANDSCAPE: CueLimits(columns=36, max_words=12, min_s=0.9, max_s=6.0),
}


def screen_limits(shape: Format) -> CueLimits:
    """For captions burnt into a picture: fewer and larger words, as many as one glance takes in.

    On a phone a viewer reads three to six words without leaving the picture; a whole reading cue
    would need a type size half as large. Words still come in phrases, never one by one.
    """
    return _SCREEN[shape]


LINGER_S = 0.3
"""How long a cue stays after its last word when nothing follows at once."""
MIN_GAP_S = 0.35
"""Shorter gaps between cues are closed: a caption that blinks off and on disturbs."""


def cut_cues(
    words: Sequence[WordTiming],
    locale: str,
    *,
    limits: CueLimits | None = None,
    duration_s: float | None = None,
) -> tuple[Cue, ...]:
    """Cut words into cues that do not overlap and hold every word once, in order.

    ``limits`` are ``reading_limits(locale)`` unless given. A word wider than a line is cut into
    pieces that share its time. ``duration_s`` is where the audio ends; without it, the last word's
    end. Empty words are left out; overlapping times are straightened.
    """
    limits = limits or reading_limits(locale)
    units = _units(words, limits.columns)
    if not units:
        return ()
    audio_end = max(duration_s or 0.0, units[-1].end_s)
    plan = _Plan(units, language_of(locale), limits, audio_end)
    cues: list[Cue] = []
    borders = plan.borders()
    for start, end in pairwise(borders):
        lines = [units[start:end]]
        line_break = plan.line_break(start, end)[1]
        if line_break is not None:
            lines = [units[start:line_break], units[line_break:end]]
        shown_from = units[start].start_s
        bound = units[end].start_s if end < len(units) else audio_end
        shown_to = _end(plan, start, end, bound)
        cues.append(
            Cue(
                start_s=shown_from,
                end_s=shown_to,
                lines=tuple(
                    tuple(
                        word
                        if word.end_s <= shown_to
                        else word.model_copy(update={"end_s": shown_to})
                        for word in line
                    )
                    for line in lines
                ),
            )
        )
    return tuple(cues)


def _end(plan: _Plan, start: int, end: int, bound: float) -> float:
    """When a cue leaves: after its words, long enough to be read, never past ``bound``."""
    limits = plan.limits
    first, spoken = plan.units[start].start_s, plan.units[end - 1].end_s
    wanted = max(
        spoken + LINGER_S,
        first + limits.min_s,
        first + plan.characters(start, end) / limits.characters_per_second,
    )
    shown_to = min(wanted, bound, max(first + limits.max_s, spoken if end - start > 1 else 0.0))
    if 0 < bound - shown_to < MIN_GAP_S and bound - first <= limits.max_s:
        shown_to = bound
    return shown_to


def _units(words: Sequence[WordTiming], limit: int) -> list[WordTiming]:
    """Words with straightened times, those wider than a line cut into pieces."""
    units: list[WordTiming] = []
    kept = [word for word in words if word.text.strip()]
    starts = list(accumulate((word.start_s for word in kept), max))
    for i, word in enumerate(kept):
        start = starts[i]
        end = max(start, word.end_s)
        if i + 1 < len(kept):
            end = min(end, starts[i + 1])
        pieces = split_to_fit(word.text, limit)
        total = sum(columns(piece) for piece in pieces) or 1
        done = 0
        for piece in pieces:
            since = start + (end - start) * done / total
            done += columns(piece)
            until = start + (end - start) * done / total
            units.append(WordTiming(text=piece, start_s=since, end_s=until))
    return units


# What a border costs; only the order and rough distances matter.
_CLAUSE, _PAUSE, _BEFORE_LINK, _PLAIN, _AFTER_CLINGER, _FORBIDDEN = 1.0, 1.2, 2.6, 5.0, 9.0, 25.0
_TORN = 2.5
_PAUSE_S = 0.3
_OPENERS = frozenset("“‘«„([¿¡")


class _Plan:
    """Costs of cues over one list of units."""

    def __init__(
        self, units: list[WordTiming], language: str, limits: CueLimits, audio_end: float
    ) -> None:
        self.units, self.limits, self.audio_end = units, limits, audio_end
        links, clingers = _LINKS.get(language, frozenset()), _CLINGERS.get(language, frozenset())
        self.border = [
            _border_cost(left, right, links, clingers) for left, right in pairwise(units)
        ] + [0.0]
        self.sentence_end = [ends_sentence(unit.text) for unit in units]
        self._widths = list(accumulate((columns(unit.text) for unit in units), initial=0))
        gaps = [len(joiner(left.text, right.text)) for left, right in pairwise(units)]
        self._gaps = list(accumulate(gaps, initial=0))
        self._ends = list(accumulate(map(int, self.sentence_end), initial=0))

    def width(self, start: int, end: int) -> int:
        """Columns of one line of units, the spaces between them included."""
        return self._widths[end] - self._widths[start] + self._gaps[end - 1] - self._gaps[start]

    def characters(self, start: int, end: int) -> int:
        """What has to be read: columns, full-width characters counting double."""
        return self.width(start, end)

    def borders(self) -> list[int]:
        """The cheapest cue borders: 0, …, number of units."""
        count = len(self.units)
        best = [0.0] + [inf] * count
        came_from = [0] * (count + 1)
        for end in range(1, count + 1):
            for start in range(end - 1, max(-1, end - 1 - self.limits.max_words * 4), -1):
                if self.width(start, end) > 2 * self.limits.columns:
                    break
                cost = best[start] + self._cost(start, end)
                if cost < best[end]:
                    best[end], came_from[end] = cost, start
        borders = [count]
        while borders[-1]:
            borders.append(came_from[borders[-1]])
        return borders[::-1]

    def line_break(self, start: int, end: int) -> tuple[float, int | None]:
        """The cost of laying out units on at most two lines, and where the second one begins."""
        limit = self.limits.columns
        if self.width(start, end) <= limit:
            return 0.0, None
        best: tuple[float, int | None] = (inf, None)
        for middle in range(start + 1, end):
            upper, lower = self.width(start, middle), self.width(middle, end)
            if upper > limit or lower > limit:
                continue
            cost = 0.5 * self.border[middle - 1] + 4.0 * abs(upper - lower) / limit
            cost += 0.4 if upper > lower else 0.0
            if end - middle == 1 and lower < limit / 4:
                cost += 3.0
            if middle + 1 < end:
                cost += self._orphan_cost(middle)
            if cost < best[0]:
                best = cost, middle
        return best

    def _orphan_cost(self, index: int) -> float:
        """What it costs to begin a line with the last word of a phrase, torn from it."""
        if index == 0 or self.border[index - 1] <= _PAUSE:
            return 0.0
        return 8.0 if self.sentence_end[index] else 6.0 if self.border[index] == _CLAUSE else 0.0

    def _cost(self, start: int, end: int) -> float:
        limits, units = self.limits, self.units
        spaced_words = sum(1 for i in range(start, end) if not is_unspaced(units[i].text[0]))
        first, spoken = units[start].start_s, units[end - 1].end_s
        if end - start > 1 and (spaced_words > limits.max_words or spoken - first > limits.max_s):
            return inf
        cost, _ = self.line_break(start, end)
        if cost == inf:
            return inf
        bound = units[end].start_s if end < len(units) else self.audio_end
        available = bound - first
        if available < limits.min_s:
            cost += 14.0 * (limits.min_s - available) / limits.min_s
        shown = max(
            0.05, min(available, limits.max_s, max(spoken + LINGER_S - first, limits.min_s))
        )
        speed = self.characters(start, end) / shown
        cost += 0.5 * max(0.0, min(speed, 60.0) - limits.characters_per_second)
        cost += 2.2 + self.border[end - 1]
        inner_sentences = self._ends[end - 1] - self._ends[start]
        cost += 3.5 * inner_sentences
        if inner_sentences and start and not self.sentence_end[start - 1]:
            cost += 4.0  # the rest of one sentence together with the next one
        cost += 0.25 * max(0, min(12, limits.columns // 2) - self.width(start, end))
        if end - start > 1:
            cost += self._orphan_cost(start)
        for i in range(start, end - 1):
            cost += 6.0 * max(0.0, units[i + 1].start_s - units[i].end_s - 0.7)
        return cost


def _bare(word: str) -> str:
    return word.strip("\"'“”‘’«»„()[]¿¡…—–-,.;:!?").lower()


@lru_cache(maxsize=4096)
def _text_border_cost(
    left: str, right: str, links: frozenset[str], clingers: frozenset[str]
) -> float:
    if not any(char.isalnum() for char in right) or left in _OPENERS:
        return _FORBIDDEN
    if is_unspaced(left[-1]) and is_unspaced(right[0]) and not may_break(left, right):
        return _FORBIDDEN
    if ends_sentence(left):
        return 0.0
    if ends_clause(left) or left[-1].isspace():
        return _CLAUSE
    if is_unspaced(left[-1]):
        # Japanese phrases end in kana and begin with kanji or katakana.
        kana_then_word = "\u3040" <= left[-1] <= "\u309f" and not "\u3040" <= right[0] <= "\u309f"
        return _BEFORE_LINK if kana_then_word else _PLAIN
    if _bare(left) in clingers:
        return _AFTER_CLINGER
    cost = _BEFORE_LINK if _bare(right) in links or right[0] in _OPENERS else _PLAIN
    if left[:1].isupper() and right[:1].isupper():  # most likely one name
        cost = _PLAIN + _TORN
    if ends_clause(right) or ends_sentence(right):  # the last word should stay with its phrase
        cost += _TORN
    return cost


def _border_cost(
    left: WordTiming, right: WordTiming, links: frozenset[str], clingers: frozenset[str]
) -> float:
    cost = _text_border_cost(left.text, right.text, links, clingers)
    if cost < _FORBIDDEN and right.start_s - left.end_s >= _PAUSE_S:
        cost = min(cost, _PAUSE)
    return cost


def _sets(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in table.items()}


# A line may well begin with these: conjunctions, relatives, prepositions.
_LINKS = _sets(
    {
        "en": "and but or nor so yet for because although though while when where who whom whose "
        "which that if unless until since before after as than then with without into onto from "
        "through across over under between among against about around behind beyond beside by in "
        "on at to of like toward towards upon within",
        "de": "und aber oder denn weil obwohl während wenn als wo der die das dass damit bevor "
        "nachdem bis seit mit ohne in auf an zu von aus bei nach über unter zwischen durch für "
        "gegen um hinter neben vor wie",
        "fr": "et mais ou donc or ni car parce que quand lorsque où qui dont si comme avec sans "
        "dans sur sous à de vers par pour entre contre chez avant après depuis pendant",
        "es": "y e pero o u ni porque aunque cuando donde que quien si como con sin en sobre bajo "
        "a de hacia por para entre contra desde hasta tras mientras",
        "it": "e ed ma o perché anche quando dove che chi cui se come con senza in su sotto a da di "
        "verso per tra fra contro prima dopo mentre",
        "pt": "e mas ou nem porque embora quando onde que quem se como com sem em sobre sob a de "
        "para por entre contra desde até enquanto no na nos nas do da dos das",
        "nl": "en maar of want omdat hoewel toen als waar die dat met zonder in op aan naar van uit "
        "bij over onder tussen door voor tegen om achter",
        "ru": "и но а или потому что чтобы когда где который которая которые если как с со без в во "
        "на под над к от из за у о об до после через между",
    }
)
# A line should not end with these: they belong to the word that follows.
_CLINGERS = _sets(
    {
        "en": "a an the my your his her its our their this that these those and or but nor of to "
        "in on at by for with from into as is was were are be been not no very so too i he she it "
        "we they you who which every each some any mr mrs ms dr",
        "de": "der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser "
        "und oder aber in im am an auf zu zum zur von vom mit für nicht kein keine sehr ich er sie "
        "es wir ihr",
        "fr": "le la les un une des du de à au aux mon ma mes ton ta tes son sa ses leur leurs notre "
        "et ou mais dans sur en par pour avec ne pas très je tu il elle on nous vous ils elles",
        "es": "el la los las un una unos unas de del a al en con por para y o pero mi tu su sus "
        "nuestro no muy se lo le que",
        "it": "il lo la i gli le un uno una di del della dei a al alla in nel nella con per da dal e "
        "o ma mio tuo suo non molto si che",
        "pt": "o a os as um uma de do da dos das em no na nos nas com por para e ou mas meu teu seu "
        "sua não muito se que",
        "nl": "de het een mijn jouw zijn haar ons hun en of maar in op aan te van met voor niet geen "
        "zeer ik hij zij ze het wij we",
        "ru": "и или но а в во на с со к от из за у о об до не ни мой твой его её их наш",
    }
)
