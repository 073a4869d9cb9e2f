"""Small English grammar: articles, number, tense, pronouns, titles, quotation marks.

Only rules of the language belong here, as pure functions. What words *mean* (which are places,
which are people) is vocabulary; what a story says is the storyteller's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Gender = Literal["f", "m", "n"]

_AN_BEFORE_CONSONANT_LETTER = ("hour", "honest", "honour", "heir")
_A_BEFORE_VOWEL_LETTER = ("uni", "use", "usu", "eu", "one", "once", "ute", "ukulele")
_SMALL_IN_TITLES = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "nor",
        "of",
        "on",
        "or",
        "over",
        "the",
        "to",
        "under",
        "with",
    ]
)

_IRREGULAR_PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "person": "people",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "wolf": "wolves",
    "leaf": "leaves",
    "loaf": "loaves",
    "elf": "elves",
    "thief": "thieves",
    "half": "halves",
    "wife": "wives",
    "knife": "knives",
    "life": "lives",
    "shelf": "shelves",
    "scarf": "scarves",
    "dwarf": "dwarves",
    "sheep": "sheep",
    "deer": "deer",
    "fish": "fish",
    "witch": "witches",
}
_SINGULARS = {plural: singular for singular, plural in _IRREGULAR_PLURALS.items()}

# base: (past, past participle); regular verbs follow the spelling rules below.
_IRREGULAR_VERBS = {
    "be": ("was", "been"),
    "have": ("had", "had"),
    "do": ("did", "done"),
    "go": ("went", "gone"),
    "become": ("became", "become"),
    "begin": ("began", "begun"),
    "bite": ("bit", "bitten"),
    "blow": ("blew", "blown"),
    "break": ("broke", "broken"),
    "bring": ("brought", "brought"),
    "build": ("built", "built"),
    "burn": ("burned", "burned"),
    "buy": ("bought", "bought"),
    "carve": ("carved", "carved"),
    "catch": ("caught", "caught"),
    "choose": ("chose", "chosen"),
    "come": ("came", "come"),
    "cut": ("cut", "cut"),
    "dig": ("dug", "dug"),
    "draw": ("drew", "drawn"),
    "dream": ("dreamed", "dreamed"),
    "drink": ("drank", "drunk"),
    "drive": ("drove", "driven"),
    "eat": ("ate", "eaten"),
    "fall": ("fell", "fallen"),
    "feed": ("fed", "fed"),
    "feel": ("felt", "felt"),
    "fight": ("fought", "fought"),
    "find": ("found", "found"),
    "fly": ("flew", "flown"),
    "forget": ("forgot", "forgotten"),
    "freeze": ("froze", "frozen"),
    "get": ("got", "got"),
    "give": ("gave", "given"),
    "grow": ("grew", "grown"),
    "hang": ("hung", "hung"),
    "hear": ("heard", "heard"),
    "hide": ("hid", "hidden"),
    "hold": ("held", "held"),
    "keep": ("kept", "kept"),
    "know": ("knew", "known"),
    "lead": ("led", "led"),
    "leave": ("left", "left"),
    "lend": ("lent", "lent"),
    "let": ("let", "let"),
    "lay": ("laid", "laid"),
    "lie": ("lay", "lain"),
    "light": ("lit", "lit"),
    "lose": ("lost", "lost"),
    "make": ("made", "made"),
    "mean": ("meant", "meant"),
    "meet": ("met", "met"),
    "pay": ("paid", "paid"),
    "put": ("put", "put"),
    "read": ("read", "read"),
    "ride": ("rode", "ridden"),
    "ring": ("rang", "rung"),
    "rise": ("rose", "risen"),
    "run": ("ran", "run"),
    "say": ("said", "said"),
    "see": ("saw", "seen"),
    "sell": ("sold", "sold"),
    "send": ("sent", "sent"),
    "set": ("set", "set"),
    "sew": ("sewed", "sewn"),
    "shake": ("shook", "shaken"),
    "shine": ("shone", "shone"),
    "show": ("showed", "shown"),
    "sing": ("sang", "sung"),
    "sit": ("sat", "sat"),
    "sleep": ("slept", "slept"),
    "speak": ("spoke", "spoken"),
    "spend": ("spent", "spent"),
    "stand": ("stood", "stood"),
    "steal": ("stole", "stolen"),
    "swim": ("swam", "swum"),
    "take": ("took", "taken"),
    "teach": ("taught", "taught"),
    "tell": ("told", "told"),
    "think": ("thought", "thought"),
    "throw": ("threw", "thrown"),
    "understand": ("understood", "understood"),
    "wake": ("woke", "woken"),
    "wear": ("wore", "worn"),
    "weave": ("wove", "woven"),
    "win": ("won", "won"),
    "burst": ("burst", "burst"),
    "flee": ("fled", "fled"),
    "fling": ("flung", "flung"),
    "kneel": ("knelt", "knelt"),
    "spin": ("spun", "spun"),
    "spring": ("sprang", "sprung"),
    "stride": ("strode", "stridden"),
    "sweep": ("swept", "swept"),
    "weep": ("wept", "wept"),
    "write": ("wrote", "written"),
}
_PASTS = frozenset(past for past, _ in _IRREGULAR_VERBS.values())
_MODALS = {
    "can": "could",
    "cannot": "could not",
    "can't": "couldn’t",
    "can’t": "couldn’t",
    "will": "would",
    "won't": "wouldn’t",
    "won’t": "wouldn’t",
    "may": "might",
    "must": "had to",
    "is": "was",
    "isn't": "wasn’t",
    "isn’t": "wasn’t",
    "are": "were",
    "aren't": "weren’t",
    "aren’t": "weren’t",
    "has": "had",
    "have": "had",
    "does": "did",
    "doesn't": "didn’t",
    "doesn’t": "didn’t",
    "hasn't": "hadn’t",
    "hasn’t": "hadn’t",
    "haven't": "hadn’t",
    "haven’t": "hadn’t",
    "don't": "didn’t",
    "don’t": "didn’t",
}
# Regular two-syllable verbs whose last consonant doubles although they are longer than one beat.
_DOUBLING = frozenset(["admit", "begin", "commit", "forget", "occur", "prefer", "refer", "regret"])


@dataclass(frozen=True)
class Pronouns:
    """One person's or thing's pronouns, lower case."""

    they: str
    them: str
    their: str
    theirs: str
    themself: str


PRONOUNS: dict[str, Pronouns] = {
    "f": Pronouns("she", "her", "her", "hers", "herself"),
    "m": Pronouns("he", "him", "his", "his", "himself"),
    "n": Pronouns("it", "it", "its", "its", "itself"),
    "plural": Pronouns("they", "them", "their", "theirs", "themselves"),
}


def capital(text: str) -> str:
    """``text`` with its first letter in upper case; an opening quotation mark is skipped."""
    for position, letter in enumerate(text):
        if letter.isalpha():
            return text[:position] + letter.upper() + text[position + 1 :]
        if letter not in "“‘\"'(":
            break
    return text


def article(phrase: str) -> str:
    """``a`` or ``an``, by the sound that starts ``phrase``."""
    word = phrase.lstrip("“‘\"'").lower()
    if word.startswith(_AN_BEFORE_CONSONANT_LETTER):
        return "an"
    if word.startswith(_A_BEFORE_VOWEL_LETTER) and not word.startswith(("unin", "unim")):
        return "a"
    return "an" if word[:1] in set("aeiou") else "a"


def with_article(phrase: str) -> str:
    return f"{article(phrase)} {phrase}"


def correct_articles(text: str) -> str:
    """Choose between ``a`` and ``an`` before every word of ``text``."""

    def choose(match: re.Match[str]) -> str:
        right = article(match["next"])
        return (right.capitalize() if match["article"][0] == "A" else right) + match["gap"]

    return re.sub(r"\b(?P<article>[Aa]n?)(?P<gap> )(?=(?P<next>[“‘\w]+))", choose, text)


_NUMBER_WORDS = (
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
)


def number_word(count: int) -> str:
    """``two`` to ``twelve``; more are ``many``."""
    return _NUMBER_WORDS[count - 2] if 2 <= count <= 12 else "many"


def plural(noun: str) -> str:
    """The plural of a noun phrase's last word: ``lighthouse keepers``."""
    *before, word = noun.split(" ")
    if word in _IRREGULAR_PLURALS:
        many = _IRREGULAR_PLURALS[word]
    elif word.endswith(("man", "woman")) and len(word) > 5:
        many = word[:-2] + "en"
    elif re.search(r"[^aeiou]y$", word):
        many = word[:-1] + "ies"
    elif re.search(r"(s|x|z|ch|sh)$", word):
        many = word + "es"
    else:
        many = word + "s"
    return " ".join([*before, many])


def singular(noun: str) -> str:
    """The singular of a noun phrase's last word; a singular comes back unchanged."""
    *before, word = noun.split(" ")
    if word in _SINGULARS:
        one = _SINGULARS[word]
    elif word.endswith("men") and len(word) > 4:
        one = word[:-2] + "an"
    elif word.endswith("ies") and len(word) > 4:
        one = word[:-3] + "y"
    elif re.search(r"(ss|us|is)$", word):
        one = word
    elif re.search(r"(xes|ches|shes|sses|zzes|(?<![oa])uses)$", word):
        one = word[:-2]
    elif word.endswith("s"):
        one = word[:-1]
    else:
        one = word
    return " ".join([*before, one])


def is_plural(noun: str) -> bool:
    word = noun.rsplit(" ", maxsplit=1)[-1]
    return singular(word) != word or word in ("sheep", "people")


def verb_base(word: str) -> str:
    """The base form behind a third person singular: ``bakes`` → ``bake``, ``carries`` → ``carry``."""
    if word in {"has", "does", "goes", "is", "are"}:
        return {"has": "have", "does": "do", "goes": "go", "is": "be", "are": "be"}[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ch|sh|ss|x|zz)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _doubled(base: str) -> str:
    one_beat = len(re.findall(r"[aeiouy]+", base)) == 1
    if re.search(r"[^aeiou][aeiou][^aeiouwxy]$", base) and (one_beat or base in _DOUBLING):
        return base + base[-1]
    return base


def past(base: str) -> str:
    """Simple past of a base form: ``bake`` → ``baked``, ``keep`` → ``kept``."""
    if base in _IRREGULAR_VERBS:
        return _IRREGULAR_VERBS[base][0]
    if base.endswith("e"):
        return base + "d"
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    return _doubled(base) + "ed"


def base_of_past(word: str) -> str | None:
    """The base form behind a simple past (``fell`` → ``fall``), or None when it is none."""
    for base, (before, _) in _IRREGULAR_VERBS.items():
        if before == word:
            return base
    if not word.endswith("ed") or len(word) < 5:
        return None
    stem = word[:-2]
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if stem[-1] == stem[-2] and stem[-1] not in "lsfz":
        return stem[:-1]
    if re.search(r"[cgvuz]$|[^s]s$", stem) or past(stem) != word:
        return stem + "e"
    return stem


def base_of_participle(word: str) -> str | None:
    """The base form behind a past participle (``forgotten`` → ``forget``), or None when it is none."""
    for base, (_, perfect) in _IRREGULAR_VERBS.items():
        if perfect == word:
            return base
    return base_of_past(word) if word.endswith("ed") else None


def participle(base: str) -> str:
    """Past participle of a base form: ``write`` → ``written``."""
    return _IRREGULAR_VERBS[base][1] if base in _IRREGULAR_VERBS else past(base)


def gerund(base: str) -> str:
    """The -ing form of a base form: ``bake`` → ``baking``."""
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) and base != "be":
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def modal_past(word: str) -> str | None:
    """The past of an auxiliary as it stands (``can`` → ``could``), or None for other words."""
    return _MODALS.get(word)


def is_past(word: str) -> bool:
    """Whether ``word`` is an irregular verb's simple past."""
    return word in _PASTS


def verb_of_agent(noun: str) -> str | None:
    """The verb of who does it for a living (``translator`` → ``translate``), if it is an irregular one
    or its stem says which it must be; else None.
    """
    stem = noun[:-2] if noun.endswith(("er", "or")) else ""
    if not stem:
        return None
    if stem.endswith("at") or stem + "e" in _IRREGULAR_VERBS:
        return stem + "e"
    return (
        stem if stem in _IRREGULAR_VERBS or stem.endswith(("ct", "nd", "nt", "st", "rd")) else None
    )


def knows_gerund(word: str) -> bool:
    """Whether ``word`` is an irregular verb's -ing form: ``seeing``, not ``ceiling``."""
    return any(gerund(base) == word for base in _IRREGULAR_VERBS)


def knows_irregular(base: str) -> bool:
    return base in _IRREGULAR_VERBS


def join_names(names: list[str] | tuple[str, ...]) -> str:
    """``Pip``, ``Pip and Bolt``, ``Ada, Mina and Ruth``."""
    if len(names) <= 1:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def title_case(text: str) -> str:
    """A headline's capitals: small words stay small except at either end."""
    words = text.split()
    return " ".join(
        capital(word)
        if index in (0, len(words) - 1) or word.lower() not in _SMALL_IN_TITLES
        else word.lower()
        for index, word in enumerate(words)
    )


def curly_quotes(text: str) -> str:
    """Straight quotation marks and apostrophes as printed books have them."""
    text = re.sub(r'(^|[\s(\[—–])"', r"\1“", text)
    text = text.replace('"', "”")
    text = re.sub(r"(^|[\s(\[“—–])'(?=\w)", r"\1‘", text)
    return text.replace("'", "’")
