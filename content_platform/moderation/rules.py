"""The house rules as a machine: text in, findings out.

Belongs here: undoing disguises, matching the rules of ``house_rules.yaml``, recognising personal
data, and turning scores into a decision. No word list (the YAML) and no vendor (``adapters/``).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Literal

import yaml

from content_platform.moderation.models import Decision, Finding

Category = Literal[
    "profanity", "sexual", "minors", "violence", "hate", "self-harm", "personal-data", "spam"
]

_CONTEXT_CHARS = 40
_UNLESS_CHARS = 40
"""How far around a match an ``unless`` pattern is looked for."""
_QUOTES = str.maketrans("‘’ʼ“”–—‑", "'''\"\"---")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏкмтвнαορτυικν", "aeopcyxijsdhlkmtbnaoptuikv")
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
_SPACED_OUT = re.compile(r"(?<![a-z])[a-z](?:([ .\-_*])[a-z](?:\1[a-z])+)(?![a-z])")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LEET_IN_WORD = re.compile(r"(?:(?<=[a-z])[013457@$!]+(?=[a-z]))|(?:(?<![\w$@])[@$](?=[a-z]{2}))")


@dataclass(frozen=True)
class Reading:
    """One way to read a text: ``text`` folded, and where each of its characters came from."""

    text: str
    origin: tuple[int, ...]

    def replaced(self, pattern: re.Pattern[str], repl: Any) -> Reading:
        """This reading with each match of ``pattern`` replaced by ``repl(match)``, origins kept."""
        parts: list[str] = []
        origin: list[int] = []
        end = 0
        for match in pattern.finditer(self.text):
            new = repl(match)
            parts += [self.text[end : match.start()], new]
            origin += self.origin[end : match.start()]
            origin += [self.origin[match.start()]] * len(new)
            end = match.end()
        parts.append(self.text[end:])
        origin += self.origin[end:]
        return Reading("".join(parts), tuple(origin))


def readings(text: str) -> tuple[Reading, ...]:
    """The plain reading of a text, and the one with disguises undone when it differs.

    >>> [reading.text for reading in readings("K1LL  yöurself")]
    ['k1ll yourself', 'kill yourself']
    """
    characters: list[str] = []
    origin: list[int] = []
    for index, original in enumerate(text):
        if original.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                origin.append(index)
            continue
        for character in unicodedata.normalize("NFKD", original.translate(_QUOTES)).casefold():
            if unicodedata.category(character) not in {"Mn", "Cf"}:  # accents, zero-width joiners
                characters.append(character.translate(_LOOKALIKES))
                origin.append(index)
    plain = Reading("".join(characters), tuple(origin))
    undone = plain.replaced(_LEET_IN_WORD, lambda m: "".join(_LEET[c] for c in m[0]))
    undone = undone.replaced(_SPACED_OUT, lambda m: m[0].replace(m[1], ""))
    undone = undone.replaced(_STRETCHED, lambda m: m[1])
    return (plain,) if undone.text == plain.text else (plain, undone)


@dataclass(frozen=True)
class Rule:
    """One house rule; see ``house_rules.yaml`` for what the parts mean."""

    name: str
    category: Category
    score: float
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    near: tuple[re.Pattern[str], re.Pattern[str]] | None
    within: int

    def strikes(self, reading: Reading) -> tuple[int, int] | None:
        """Start and end, in the original text, of the first place where the rule strikes."""
        for start, end in self._places(reading.text):
            around = reading.text[max(0, start - _UNLESS_CHARS) : end + _UNLESS_CHARS]
            if self.unless is None or not self.unless.search(around):
                return reading.origin[start], reading.origin[end - 1] + 1
        return None

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                yield match.span()
        if self.near is None:
            return
        first, second = ([m.span() for m in pattern.finditer(text)] for pattern in self.near)
        if not first or not second:
            return
        words = [m.start() for m in re.finditer(r"\S+", text)]
        for a in first:
            for b in second:
                if abs(bisect_right(words, a[0]) - bisect_right(words, b[0])) <= self.within:
                    yield min(a[0], b[0]), max(a[1], b[1])


@dataclass(frozen=True)
class HouseRules:
    """The rules, the dictionary's groups and the thresholds, as loaded from the YAML."""

    rules: tuple[Rule, ...]
    groups: dict[str, frozenset[str]]
    """What the general dictionary's words mean: ``everyday``, ``profanity``, ``hate``, ``minors``."""
    scores: dict[str, float]
    """Score of a dictionary word by group."""
    thresholds: dict[str, dict[str, float]]
    whoever_listens: dict[str, dict[str, float]]
    pictures: dict[str, dict[str, float]]
    """Thresholds for how sexual a picture may look, by audience."""

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences there are thresholds for."""
        return tuple(self.thresholds)

    def findings(self, text: str) -> list[Finding]:
        """What the rules and the search for personal data strike on: one finding per rule."""
        found: list[Finding] = []
        views = readings(text)
        for rule in self.rules:
            span = next((span for view in views if (span := rule.strikes(view))), None)
            if span is not None:
                evidence = excerpt(text, *span)
                found.append(
                    Finding(
                        category=rule.category,
                        score=rule.score,
                        rule=rule.name,
                        evidence=evidence,
                    )
                )
        return found + list(_personal_data(text))

    def decide(self, findings: Sequence[Finding], audience: str) -> Decision:
        """The strictest decision any finding calls for."""
        decision = Decision.ALLOW
        for finding in findings:
            limits = self.whoever_listens.get(finding.category, self.thresholds[audience])
            if finding.score >= limits["block"]:
                return Decision.BLOCK
            if finding.score >= limits["review"]:
                decision = Decision.REVIEW
        return decision

    def decide_picture(self, sexual: float, audience: str) -> Decision:
        """What a picture's probability of being sexual, 0 to 1, calls for."""
        limits = self.pictures[audience]
        if sexual >= limits["block"]:
            return Decision.BLOCK
        return Decision.REVIEW if sexual >= limits["review"] else Decision.ALLOW


_SOURCE = files("content_platform.moderation").joinpath("house_rules.yaml")


@cache
def policy_version() -> str:
    """Names the rules in force: 12 hex digits of a sha256. A changed rule is a new policy.

    Covers the YAML, this module (personal data is found here) and the dictionary's release.
    """
    here = files("content_platform.moderation").joinpath("rules.py")
    digest = hashlib.sha256(_SOURCE.read_bytes())
    digest.update(here.read_bytes())
    digest.update(version("glin-profanity").encode())
    return digest.hexdigest()[:12]


@cache
def house_rules() -> HouseRules:
    """The rules of ``house_rules.yaml``."""
    data: dict[str, Any] = yaml.safe_load(_SOURCE.read_text(encoding="utf-8"))
    words: dict[str, str] = data["words"]

    def pattern(source: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"<(\w+)>", lambda name: words[str(name[1])], source))

    rules = []
    for rule in data["rules"]:
        near = rule.get("near")
        unless = rule.get("unless")
        rules.append(
            Rule(
                name=rule["name"],
                category=rule["category"],
                score=rule["score"],
                patterns=tuple(pattern(each) for each in rule.get("patterns", ())),
                unless=pattern("|".join(unless)) if unless else None,
                near=(pattern(rf"\b{words[near[0]]}\b"), pattern(rf"\b{words[near[1]]}\b"))
                if near
                else None,
                within=rule.get("within", 0),
            )
        )
    dictionary = data["dictionary"]
    return HouseRules(
        rules=tuple(rules),
        groups={
            group: frozenset(str(word) for word in dictionary[group])
            for group in ("everyday", "profanity", "hate", "minors")
        },
        scores=dictionary["scores"],
        thresholds=data["thresholds"],
        whoever_listens=data["whoever_listens"],
        pictures=data["pictures"],
    )


def excerpt(text: str, start: int, end: int) -> str:
    """``text[start:end]`` with a little context, cut at word borders, on one line."""
    left = max(0, start - _CONTEXT_CHARS)
    right = min(len(text), end + _CONTEXT_CHARS)
    if left > 0:
        left = min(text.find(" ", left, start) + 1 or start, start)
    if right < len(text):
        right = max(text.rfind(" ", end, right), end)
    inside = " ".join(text[left:right].split())
    return ("… " if left > 0 else "") + inside + (" …" if right < len(text) else "")


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_PHONE = re.compile(r"(?<![\w.,:/-])\+?\(?\d{1,4}\)?(?:[ .-]?\(?\d{2,4}\)?){2,5}(?![\w:/-]|[.,]\d)")
_LONG_NUMBER = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_RESERVED_DOMAIN = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid)$")
"""RFC 2606: names kept for examples, nobody's address."""
_FICTIONAL_PHONE = re.compile(r"55501\d\d$")
"""555-0100 to 555-0199 are kept for fiction in the North American numbering plan."""


def _personal_data(text: str) -> Iterator[Finding]:
    plain = unicodedata.normalize("NFKC", text)
    text = plain if len(plain) == len(text) else text
    taken: list[tuple[int, int]] = []
    searches: tuple[tuple[str, float, re.Pattern[str], Any], ...] = (
        ("bank account", 0.95, _IBAN, lambda m: _is_iban(m[0])),
        ("payment card", 0.95, _LONG_NUMBER, lambda m: _is_card(m[0])),
        ("social security number", 0.9, _SOCIAL_SECURITY, lambda _: True),
        ("e-mail address", 0.6, _EMAIL, lambda m: not _RESERVED_DOMAIN.search(m[1].lower())),
        ("phone number", 0.6, _PHONE, lambda m: _is_phone(m[0])),
    )
    for rule, score, pattern, holds in searches:
        for match in pattern.finditer(text):
            overlaps = any(match.start() < end and start < match.end() for start, end in taken)
            if not overlaps and holds(match):
                taken.append(match.span())
                yield Finding(
                    category="personal-data",
                    score=score,
                    rule=rule,
                    evidence=excerpt(text, *match.span()),
                )
                break


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_card(text: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1) and a leading digit that payment cards have."""
    digits = _digits(text)
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return digits[0] in "23456" and total % 10 == 0


def _is_iban(text: str) -> bool:
    """The mod-97 check of ISO 13616."""
    code = text.replace(" ", "")
    return (
        15 <= len(code) <= 34
        and int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1
    )


def _is_phone(text: str) -> bool:
    digits = _digits(text)
    if not 9 <= len(digits) <= 15 or _FICTIONAL_PHONE.search(digits):
        return False
    if re.fullmatch(r"(?:1\d|20)\d\d\D(?:1\d|20)\d\d(?:\D(?:1\d|20)\d\d)*", text):
        return False  # years
    separators = len(re.findall(r"[ .()-]+", text))
    return text.startswith(("+", "(", "0")) or separators >= 2
