"""How written English is said: prices, times, dates, measures, numerals, abbreviations, acronyms.

``read`` looks at the words of a text one after the other, each without the marks around it (its
*core*), together with its neighbours. Rules are tried in the order of ``_RULES``; the first that
knows the core says it, sometimes together with the next ones. Data is in ``pronunciations.yaml``.

The reading is American where nothing else is asked for; dates follow ``british``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from content_platform.narration import english_numbers as numbers
from content_platform.narration.letters import fold_accents, fold_key

_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+"
_NUMBER = re.compile(rf"([-+])?({_N})")
_RANGE = re.compile(rf"({_N})[-–—]({_N})(.*)")
_MONEY = re.compile(
    rf"(-)?((?:us|a|c)?\$|[£€¥₹₩₽])({_N})(?:[-–—](?:[$£€])?({_N}))?(k|m|mn|bn?|tn)?", re.I
)
_MONEY_AFTER = re.compile(rf"({_N})([€£$])")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)(?::([0-5]\d))?(am|pm|a\.m|p\.m)?", re.I)
_HOUR = re.compile(r"(1[0-2]|[1-9])(am|pm|a\.m|p\.m)", re.I)
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SLASH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d\d)")
_FEET = re.compile(r"(\d{1,2})'(\d{1,2})")
_ATTACHED_UNIT = re.compile(rf"([-+])?({_N})([a-z%°¢][a-z0-9/°%]*)", re.I)
_FRACTION = re.compile(r"(\d+)/(\d+)")
_VULGAR = re.compile(r"(\d*)([¼-¾⅐-⅞])")
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(st|nd|rd|th)", re.I)
_DECADE = re.compile(r"'?(\d\d|\d{4})'?s")
_PHONE = re.compile(
    r"(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,4}\)|\d{3})[ .-]\d{3}[ .-]\d{4}|\d{3}-\d{4}"
    r"|\+\d{1,3}(?:[ .-]?\(?\d{2,5}\)?){2,5}|0\d{2,4} \d{3,4} \d{3,4}"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|edu|gov|co\.uk|tv)(?:/\S*)?",
    re.I,
)
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_CAPITALS = re.compile(r"[A-Z]{2,}")
_CAPITALS_JOINED = re.compile(r"[A-Z]+(?:['-][A-Z]+)+")
_PLURAL_CAPITALS = re.compile(r"[A-Z]{2,5}'?s")
_RUNS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z']+|\d+(?:[.,]\d+)*|[^\w\s]", re.ASCII)
_MULTIPLIERS = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "tn": "trillion",
}
_LARGE = ("hundred", "thousand", "million", "billion", "trillion")


def starts_with_apostrophe(core: str) -> bool:
    """Whether a quote mark before ``core`` is part of the word, as in ``'tis`` and ``'90s``."""
    return core.lower() in _data()["after_apostrophe"] or bool(re.fullmatch(r"\d\ds", core))


def read(
    cores: list[str], closings: list[str], known: list[str | None], *, british: bool
) -> tuple[list[str], list[str]]:
    """What is said for each core, and the marks left after it (a full stop may be spoken for).

    ``known`` holds what a lexicon already decided, or None.
    """
    reader = _Reader(cores, closings, known, british=british)
    reader.run()
    return reader.spoken, reader.closings


@cache
def _data() -> dict[str, Any]:
    text = files("content_platform.narration").joinpath("pronunciations.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return {
        name: frozenset(value) if isinstance(value, list) and name != "months" else value
        for name, value in data.items()
    }


class _Reader:
    """One pass over a text; ``spoken`` and ``closings`` are the result."""

    def __init__(
        self, cores: list[str], closings: list[str], known: list[str | None], *, british: bool
    ) -> None:
        self.cores = cores
        self.closings = list(closings)
        self.known = known
        self.british = british
        self.spoken: list[str] = [""] * len(cores)

    def run(self) -> None:
        at = 0
        while at < len(self.cores):
            at += self._read_at(at)

    def _read_at(self, at: int) -> int:
        """Say the word at ``at`` and maybe the next ones; return how many."""
        said = self.known[at]
        if said is not None:
            self.spoken[at] = said
            return 1
        if not self.cores[at]:
            return 1
        for rule in _RULES:
            taken = rule(self, at)
            if taken:
                return taken
        self.spoken[at] = self._word(self.cores[at])
        return 1

    # Looking around

    def _core(self, at: int) -> str:
        return self.cores[at] if 0 <= at < len(self.cores) else ""

    def _next(self, at: int) -> str:
        """The next core, when nothing but a space stands between."""
        return "" if self.closings[at] else self._core(at + 1)

    def _before(self, at: int) -> str:
        return "" if at == 0 or self.closings[at - 1] else self.cores[at - 1]

    def _say(self, at: int, *said: str) -> int:
        self.spoken[at : at + len(said)] = said
        return len(said)

    def _drop_full_stop(self, at: int, *, may_end: bool) -> None:
        """Take away an abbreviation's dot, unless it ends the sentence as well."""
        closing = self.closings[at]
        if not closing.startswith("."):
            return
        following = self._core(at + 1)
        last = at + 1 >= len(self.cores)
        if last or (may_end and closing == "." and following[:1].isupper()):
            return
        self.closings[at] = closing[1:]

    # Rules: each returns how many words it said, 0 when the word is not its own

    def _phone(self, at: int) -> int:
        taken = 0
        joined = ""
        for end in range(at, min(at + 5, len(self.cores))):
            core = self.cores[end]
            if (end > at and self.closings[end - 1].strip(")-—")) or not re.fullmatch(
                r"[\d+().-]+", core
            ):
                break
            opening = "(" if ")" in core + self.closings[end] and "(" not in core else ""
            bracket = ")" if opening and ")" not in core else ""
            joined = f"{joined} {opening}{core}{bracket}".strip()
            if _PHONE.fullmatch(joined) and 7 <= sum(map(str.isdigit, joined)) <= 15:
                taken = end - at + 1
        for place in range(at, at + taken):
            plus = "plus " if self.cores[place].startswith("+") else ""
            self.spoken[place] = plus + numbers.digits(self.cores[place])
        return taken

    def _web(self, at: int) -> int:
        core = self.cores[at]
        if _EMAIL.fullmatch(core) or _URL.fullmatch(core):
            return self._say(at, _spell_address(core))
        if core[0] == "@" and len(core) > 1:
            return self._say(at, f"at {_spell_address(core[1:])}")
        if core[0] == "#" and len(core) > 1:
            rest = self._alone(re.sub("(?<=[a-z])(?=[A-Z])", "-", core[1:]).replace("-", " "))
            return self._say(at, f"number {rest}" if core[1:].isdigit() else f"hashtag {rest}")
        return 0

    def _money(self, at: int) -> int:
        core = self.cores[at]
        match = _MONEY.fullmatch(core)
        if match:
            sign, symbol, amount, upto, scale = match.groups()
        elif after := _MONEY_AFTER.fullmatch(core):
            sign, symbol, amount, upto, scale = None, after[2], after[1], None, None
        else:
            return 0
        minus = "minus " if sign else ""
        one, many, cent, cents = _data()["currencies"][symbol.lower()]
        amount = amount.replace(",", "")
        following = self._next(at).lower()
        if upto:
            size = f" {_MULTIPLIERS[scale.lower()]}" if scale else ""
            return self._say(
                at,
                f"{numbers.decimal(amount)} to {numbers.decimal(upto.replace(',', ''))}{size} {many}",
            )
        if scale:
            return self._say(
                at, f"{minus}{numbers.decimal(amount)} {_MULTIPLIERS[scale.lower()]} {many}"
            )
        if following in _LARGE or following in ("m", "bn", "mn"):
            word = _MULTIPLIERS.get(following, following)
            return self._say(at, minus + numbers.decimal(amount), f"{word} {many}")
        whole, _, small = amount.partition(".")
        if len(small) > 2:
            return self._say(at, f"{minus}{numbers.decimal(amount)} {many}")
        parts = []
        if int(whole or 0) or not int(small or 0):
            parts.append(
                f"{numbers.cardinal(int(whole or 0))} {one if int(whole or 0) == 1 else many}"
            )
        if int(small or 0):
            count = int(small.ljust(2, "0"))
            parts.append(f"{numbers.cardinal(count)} {cent if count == 1 else cents}")
        return self._say(at, minus + " and ".join(parts))

    def _clock(self, at: int) -> int:
        core = self.cores[at]
        following = self._next(at).lower()
        half_follows = following in ("am", "pm", "a.m", "p.m")
        match = _CLOCK.fullmatch(core)
        if match and (":" in core or match[4] or half_follows):
            said = _clock_words(int(match[1]), int(match[2]), bool(match[4]) or half_follows)
            if match[3]:
                said += f" and {numbers.cardinal(int(match[3]))} seconds"
            half = match[4]
        elif match := _HOUR.fullmatch(core):
            said, half = numbers.cardinal(int(match[1])), match[2]
        elif half_follows and re.fullmatch(r"1[0-2]|[1-9]", core):
            said, half = numbers.cardinal(int(core)), None
        elif both := re.fullmatch(rf"({_CLOCK.pattern})[-–—]({_CLOCK.pattern})", core, re.I):
            self.spoken[at] = f"{self._alone(both[1])} to {self._alone(both[6])}"
            return 1
        else:
            return 0
        if half:
            self._drop_full_stop_of_dotted(at, half)
            return self._say(at, f"{said} {half[0].upper()}.M")
        if half_follows:
            self._drop_full_stop_of_dotted(at + 1, following)
            return self._say(at, said, f"{following[0].upper()}.M")
        return self._say(at, said)

    def _drop_full_stop_of_dotted(self, at: int, text: str) -> None:
        if "." in text:
            self._drop_full_stop(at, may_end=True)

    def _date(self, at: int) -> int:
        core = self.cores[at]
        if match := _ISO_DATE.fullmatch(core):
            year, month, day = (int(part) for part in match.groups())
            return self._say_date(at, day, month, match[1]) if year else 0
        if match := _SLASH_DATE.fullmatch(core):
            first, second = int(match[1]), int(match[2])
            day, month = (first, second) if self.british else (second, first)
            if month > 12:
                day, month = month, day
            return self._say_date(at, day, month, match[3])
        if re.fullmatch(r"[1-9]|[12]\d|3[01]", core):
            if _is_month(self._before_any(at)):
                return self._say(at, numbers.ordinal(int(core)))
            if _is_month(self._next(at)):
                article = "" if self._before(at).lower() == "the" else "the "
                return self._say(at, f"{article}{numbers.ordinal(int(core))} of")
        return 0

    def _before_any(self, at: int) -> str:
        """The core before, also across an abbreviation's dot (``Jan. 5``)."""
        return "" if at == 0 or self.closings[at - 1].strip(".") else self.cores[at - 1]

    def _say_date(self, at: int, day: int, month: int, year: str) -> int:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return 0
        name = _data()["months"][month - 1]
        spoken_year = numbers.year(int(year)) if len(year) == 4 else numbers.digits(year)
        said = (
            f"the {numbers.ordinal(day)} of {name} {spoken_year}"
            if self.british
            else f"{name} {numbers.ordinal(day)}, {spoken_year}"
        )
        return self._say(at, said)

    def _measure(self, at: int) -> int:
        core = self.cores[at]
        units = _data()["units"]
        if match := _FEET.fullmatch(core):
            self.closings[at] = re.sub(r"[\"”]", "", self.closings[at], count=1)
            return self._say(
                at, f"{numbers.cardinal(int(match[1]))} foot {numbers.cardinal(int(match[2]))}"
            )
        if (match := _ATTACHED_UNIT.fullmatch(core)) and match[3].lower() in units:
            return self._say(at, _quantity(match[1], match[2], units[match[3].lower()]))
        if (match := _ATTACHED_UNIT.fullmatch(core)) and match[3] == "in":
            return self._say(at, _quantity(match[1], match[2], ["inch", "inches"]))
        following = self._next(at)
        if (
            (match := _NUMBER.fullmatch(core) or _RANGE.fullmatch(core + " "))
            and following.lower() in units
            and following not in _data()["units_only_attached"]
            and not (len(following) == 1 and following.isupper())
        ):
            one, many = units[following.lower()]
            unit = one if match[2] == "1" else many
            self._drop_full_stop(at + 1, may_end=True)
            if match.re is _RANGE:
                return self._say(
                    at, f"{_signed(None, match[1])} to {_signed(None, match[2])}", many
                )
            return self._say(at, _signed(match[1], match[2]), unit)
        return 0

    def _range(self, at: int) -> int:
        core = self.cores[at]
        match = _RANGE.fullmatch(core)
        if not match or core.count("-") > 1:
            return 0
        low, high, tail = match.groups()
        as_years = all(re.fullmatch(r"1[1-9]\d\d|20\d\d", part) for part in (low, high))
        if as_years and not tail:
            return self._say(at, f"{numbers.year(int(low))} to {numbers.year(int(high))}")
        if as_years or not tail:
            return self._say(at, f"{_signed(None, low)} to {self._alone(high + tail)}")
        if tail.lower() in _data()["units"] or _ORDINAL.fullmatch(high + tail):
            return self._say(at, f"{_signed(None, low)} to {self._alone(high + tail)}")
        return 0

    def _fraction(self, at: int) -> int:
        core = self.cores[at]
        if match := _VULGAR.fullmatch(core):
            over = unicodedata.normalize("NFKC", match[2]).split("\N{FRACTION SLASH}")
            part = numbers.fraction(int(over[0]), int(over[1]))
            if match[1]:
                return self._say(at, f"{numbers.cardinal(int(match[1]))} and {_a(part)}")
            return self._say(at, part)
        match = _FRACTION.fullmatch(core)
        if not match:
            return 0
        top, bottom = int(match[1]), int(match[2])
        if core in ("24/7", "9/11"):
            return self._say(at, f"{numbers.cardinal(top)} {numbers.cardinal(bottom)}")
        if 0 < top < bottom and (bottom <= 20 or bottom in (32, 64, 100, 1000)):
            part = numbers.fraction(top, bottom)
            mixed = self._before(at).isdigit()
            return self._say(at, f"and {_a(part)}" if mixed else part)
        joint = "out of" if bottom in (5, 10, 100) else "over"
        return self._say(
            at, f"{numbers.whole_number(match[1])} {joint} {numbers.whole_number(match[2])}"
        )

    def _ordinal(self, at: int) -> int:
        core = self.cores[at]
        if match := _ORDINAL.fullmatch(core):
            return self._say(at, numbers.ordinal(int(match[1].replace(",", ""))))
        return 0

    def _decade(self, at: int) -> int:
        core = self.cores[at]
        match = _DECADE.fullmatch(core)
        if not match or not match[1].endswith("0"):
            return 0
        if len(match[1]) == 2 and core[0] != "'":
            # "his 30s" is an age, "for 30s" a time.
            before = self._before(at).lower()
            if before not in _data()["before_a_decade"]:
                return 0
        return self._say(at, numbers.decade(int(match[1])))

    def _number(self, at: int) -> int:
        core = self.cores[at]
        match = _NUMBER.fullmatch(core)
        if not match:
            return 0
        if not match[1] and self._is_year(at):
            said = numbers.year(int(core))
        else:
            said = _signed(match[1], match[2])
        apart = at + 2 < len(self.cores) and not self.cores[at + 1] and not self.closings[at]
        if (
            apart
            and self.closings[at + 1] in ("-", "–", "—")
            and _NUMBER.fullmatch(self.cores[at + 2])
        ):
            self.closings[at + 1] = ""
            return self._say(at, said, "to")
        return self._say(at, said)

    def _is_year(self, at: int) -> bool:
        if not re.fullmatch(r"1[1-9]\d\d|20\d\d", self.cores[at]):
            return False
        before, after = self._before(at).lower(), self._next(at).lower()
        if before in _data()["before_a_year"] or _is_month(self._before(at)):
            return True
        counted = after in _data()["counted"] or (
            after.isalpha()
            and after.endswith("s")
            and len(after) > 3
            and after not in _data()["not_plurals"]
        )
        return not (counted or after in _LARGE or after in _data()["units"])

    def _roman(self, at: int) -> int:
        core, _, possessive = self.cores[at].partition("'")
        value = numbers.roman(core)
        before = self._before(at)
        if value is None or not before or possessive not in ("", "s"):
            return 0
        ending = "'s" if possessive else ""
        if before.lower() in _data()["numbered"]:
            if core == "I" and not before[0].isupper():
                return 0
            return self._say(at, numbers.cardinal(value) + ending)
        title = self._core(at - 2).lower()
        crowned = title in _data()["rulers"] and before[0].isupper()
        known = before.lower() in _data()["rulers"] and before[0].isupper()
        if (crowned and title != before.lower()) or (known and core != "I"):
            return self._say(at, f"the {numbers.ordinal(value)}{ending}")
        return 0

    def _abbreviation(self, at: int) -> int:
        core, closing = self.cores[at], self.closings[at]
        key = core.lower()
        data = _data()
        if _DOTTED.fullmatch(core):
            plain = key.replace(".", "")
            if plain in data["dotted"] and core != core.upper():
                self._drop_full_stop(at, may_end=False)
                return self._say(at, data["dotted"][plain])
            self._drop_full_stop(at, may_end=plain in ("am", "pm"))
            return self._say(at, core.upper())
        if key in ("w/", "w/o"):
            return self._say(at, "with" if key == "w/" else "without")
        if not closing.startswith("."):
            return self._say(at, "versus") if key == "vs" else 0
        if key == "st":
            return self._saint_or_street(at)
        if key == "dr":
            titled = self._core(at + 1)[:1].isupper() and not self._follows_a_name(at)
            self._drop_full_stop(at, may_end=not titled)
            return self._say(at, "Doctor" if titled or not self._before(at) else "Drive")
        numbered = closing == "." and self._core(at + 1)[:1].isdigit()
        if numbered and key in data["before_number"] and core != "no":
            self.closings[at] = ""
            return self._say(at, data["before_number"][key])
        if key in data["titles"]:
            self._drop_full_stop(at, may_end=False)
            return self._say(at, _cased(data["titles"][key], core))
        if key in data["words"] and self._is_abbreviated(at, key):
            self._drop_full_stop(at, may_end=True)
            return self._say(at, _cased(data["words"][key], core))
        if re.fullmatch(r"[A-HJ-Z]", core) and closing == "." and _is_initial(self._before_any(at)):
            self._drop_full_stop(at, may_end=False)
            return self._say(at, core)
        return 0

    def _is_abbreviated(self, at: int, key: str) -> bool:
        if key not in _data()["also_ordinary"]:
            return True
        return self.cores[at][0].isupper() and self._core(at + 1)[:1].isdigit()

    def _saint_or_street(self, at: int) -> int:
        saint = self._core(at + 1)[:1].isupper() and not self._follows_a_name(at)
        self._drop_full_stop(at, may_end=not saint)
        return self._say(at, "Saint" if saint else "Street")

    def _follows_a_name(self, at: int) -> bool:
        """Whether the word before is capital for its own sake, not for starting a sentence."""
        before = self._before(at)
        starts = at == 1 or bool(set(self.closings[at - 2]) & set(".!?…"))
        return (
            before[:1].isupper() and before.lower() not in _data()["before_a_saint"] and not starts
        )

    def _capitals(self, at: int) -> int:
        core = self.cores[at]
        data = _data()
        if _CAPITALS_JOINED.fullmatch(core):
            return self._say(at, core.capitalize())
        if (
            _PLURAL_CAPITALS.fullmatch(core)
            and core[:-1].rstrip("'").lower() not in data["short_words"]
        ):
            return self._say(at, core)
        if not _CAPITALS.fullmatch(core):
            return 0
        if core in data["spoken_acronyms"]:
            return self._say(at, core.capitalize())
        if core.lower() in data["respell"]:
            return self._say(at, data["respell"][core.lower()])
        if core not in data["spelled_acronyms"]:
            no_vowel = not re.search("[AEIOUY]", core)
            shouted = self._is_shouted(at - 1) or self._is_shouted(at + 1)
            if core.lower() in data["short_words"] or (shouted and not no_vowel):
                return self._say(at, core.lower())
            if len(core) > 3 and not (no_vowel and len(core) < 6):
                return self._say(at, core.capitalize())
        return self._say(at, ".".join(core))

    def _is_shouted(self, at: int) -> bool:
        core = self._core(at)
        if not _CAPITALS.fullmatch(core):
            return False
        return core.lower() in _data()["short_words"] or (
            len(core) > 3 and core not in _data()["spoken_acronyms"]
        )

    # Words

    def _alone(self, core: str) -> str:
        """How a part of a word is said, without its neighbours."""
        spoken, _ = read([core], [""], [None], british=self.british)
        return spoken[0]

    def _word(self, core: str) -> str:
        """An ordinary word, a joined word, or whatever is left."""
        respell = _data()["respell"]
        exact = unicodedata.normalize("NFC", core).casefold()
        for key in (exact, fold_key(core)):
            if key in respell:
                return str(respell[key])
            if key.endswith("'s") and key[:-2] in respell:
                return f"{respell[key[:-2]]}'s"
        if exact in ("and/or", "he/she", "s/he"):
            return exact.replace("s/he", "she/he").replace("/", " or " if "he" in exact else " ")
        symbols = _data()["symbols"]
        if core in symbols:
            return str(symbols[core])
        if any(char.isdigit() for char in core):
            return self._mixed(core)
        if "—" in core or "…" in core:
            return "".join(
                part if part in ("—", "…") else self._alone(part)
                for part in re.split("([—…])", core)
                if part
            )
        folded = fold_accents(core)
        said = "".join(
            char
            if char.isascii() and (char.isalpha() or char in "'-.")
            else f" {symbols.get(char, '')} "
            for char in folded
        )
        return " ".join(said.split()).strip("-.")

    def _mixed(self, core: str) -> str:
        """Letters and digits together: ``5-year-old``, ``mid-1980s``, ``MP3``, ``3×4``."""
        if "-" in core or "–" in core or "—" in core:
            parts = [part for part in re.split("[-–—]", core) if part]
            if len(parts) > 1 or (parts and parts[0] != core):
                return " ".join(filter(None, (self._alone(part) for part in parts)))
        runs = _RUNS.findall(fold_accents(core))
        said = []
        for run in runs:
            if run.isalpha() and run.isupper() and len(run) < 4:
                said.append(run if len(run) == 1 else ".".join(run))
            elif run[0].isdigit() and not _NUMBER.fullmatch(run):
                said.extend(self._alone(part) for part in re.split("[.,]", run) if part)
            elif run != core:
                said.append(self._alone(run))
        return " ".join(filter(None, said))


_RULES = (
    _Reader._phone,
    _Reader._web,
    _Reader._money,
    _Reader._clock,
    _Reader._date,
    _Reader._decade,
    _Reader._measure,
    _Reader._range,
    _Reader._fraction,
    _Reader._ordinal,
    _Reader._number,
    _Reader._roman,
    _Reader._abbreviation,
    _Reader._capitals,
)


def _cased(said: str, like: str) -> str:
    return said.capitalize() if like[0].isupper() else said


def _signed(sign: str | None, number: str) -> str:
    plain = number.replace(",", "")
    said = numbers.decimal(plain) if len(plain.split(".")[0]) < 16 else numbers.digits(plain)
    return {"-": "minus ", "+": "plus "}.get(sign or "", "") + said


def _quantity(sign: str | None, number: str, unit: list[str]) -> str:
    return f"{_signed(sign, number)} {unit[0] if number == '1' else unit[1]}"


def _a(part: str) -> str:
    """``one half`` → ``a half``, as it is said after a whole number."""
    return re.sub("^one ", "an " if part.startswith("one eigh") else "a ", part)


def _clock_words(hour: int, minute: int, half_named: bool) -> str:
    if minute:
        return f"{numbers.cardinal(hour)} {'oh ' if minute < 10 else ''}{numbers.cardinal(minute)}"
    if half_named:
        return numbers.cardinal(hour)
    if 1 <= hour <= 12:
        return f"{numbers.cardinal(hour)} o'clock"
    return f"{numbers.cardinal(hour)} hundred" if hour else "midnight"


def _spell_address(address: str) -> str:
    """``www.example.com/a`` → ``W.W.W dot example dot com slash a``."""
    text = re.sub(r"^https?://", "", address, flags=re.I).rstrip("/")
    names = {".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", ":": "colon"}
    said = []
    for part in re.findall(r"[A-Za-z]+|\d+|[./@_:-]", fold_accents(text)):
        if part.isdigit():
            said.append(numbers.whole_number(part) if len(part) < 5 else numbers.digits(part))
        elif part.isalpha():
            said.append("W.W.W" if part.lower() == "www" else part)
        else:
            said.append(names[part])
    return " ".join(said)


def _is_month(word: str) -> bool:
    full = _data()["words"].get(word.lower(), word)
    return word[:1].isupper() and str(full).capitalize() in _data()["months"]


def _is_initial(before: str) -> bool:
    """Whether a capital with a dot after ``before`` is a name's initial, not a sentence's end."""
    return not before or before[0].isupper()
