"""Numbers as English words: cardinals, ordinals, years, decimals, digits, Roman numerals.

Pure arithmetic on integers and digit strings. What a number *means* in a sentence (a year, a
price, a time) is decided in ``english.py``.
"""

from __future__ import annotations

import re

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}

LARGEST = 10 ** (3 * len(_SCALES)) - 1
"""Longer numbers are said digit by digit."""


def cardinal(value: int) -> str:
    """``1234`` → ``one thousand two hundred thirty-four``; beyond ``LARGEST`` digit by digit."""
    if value < 0:
        return f"minus {cardinal(-value)}"
    if value > LARGEST:
        return digits(str(value))
    if value < 1000:
        return _below_thousand(value)
    groups = []
    for scale in _SCALES:
        value, group = divmod(value, 1000)
        if group:
            groups.append(f"{_below_thousand(group)} {scale}".rstrip())
    return " ".join(reversed(groups))


def _below_thousand(value: int) -> str:
    if value < 20:
        return _UNITS[value]
    if value < 100:
        tens, units = divmod(value, 10)
        return _TENS[tens] + (f"-{_UNITS[units]}" if units else "")
    hundreds, rest = divmod(value, 100)
    return f"{_UNITS[hundreds]} hundred" + (f" {_below_thousand(rest)}" if rest else "")


def ordinal(value: int) -> str:
    """``21`` → ``twenty-first``."""
    words = cardinal(value)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _IRREGULAR_ORDINALS:
        return head + _IRREGULAR_ORDINALS[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def year(value: int) -> str:
    """``1984`` → ``nineteen eighty-four``; ``1905`` → ``nineteen oh five``; ``2004`` as a cardinal."""
    century, rest = divmod(value, 100)
    if value < 1000 or value > 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(value)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def decade(value: int) -> str:
    """``1980`` → ``nineteen eighties``; ``90`` → ``nineties``; ``1900`` → ``nineteen hundreds``."""
    words = year(value)
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def digits(text: str) -> str:
    """``0199`` → ``zero one nine nine``; characters that are not digits are passed over."""
    return " ".join(_UNITS[int(char)] for char in text if char in "0123456789")


def decimal(text: str) -> str:
    """``3.14`` → ``three point one four``; ``12`` → ``twelve``; ``.5`` → ``zero point five``."""
    whole, point, fraction = text.partition(".")
    spoken = whole_number(whole or "0")
    return f"{spoken} point {digits(fraction)}" if point and fraction else spoken


def whole_number(text: str) -> str:
    """A string of digits as a cardinal, or digit by digit when it starts with a needless zero."""
    return digits(text) if len(text) > 1 and text[0] == "0" else cardinal(int(text))


def fraction(numerator: int, denominator: int) -> str:
    """``3/4`` → ``three quarters``."""
    special = {2: ("half", "halves"), 4: ("quarter", "quarters")}
    one, many = special.get(denominator, (ordinal(denominator), f"{ordinal(denominator)}s"))
    return f"{cardinal(numerator)} {one if numerator == 1 else many}"


def roman(text: str) -> int | None:
    """``VIII`` → 8. None when ``text`` is not a Roman numeral below forty."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[char] for char in text]
    following = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, following, strict=True)
    )
