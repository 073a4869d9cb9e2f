"""The heart of a theme without people: a thing with ways of its own, a place with a rule, what happened."""

from __future__ import annotations

import re

from content_platform.stories import english
from content_platform.stories.storyteller.heart import Heart
from content_platform.stories.storyteller.theme import HABITS, clause_in_the_past, in_the_past

_THAT = re.compile(r"^(?P<thing>.+?),? (?:that|which) (?P<does>.+)$", re.IGNORECASE)
_WITH = re.compile(
    r"^(?P<thing>.+?) (?:(?P<without>without) (?P<lacks>.+)"
    r"|with (?P<has>(?:only|just|one|two|three|no|half|too)\b.+|.+ (?:missing|too many|too few)))$",
    re.IGNORECASE,
)
_OF_MANY = re.compile(
    r"^(?P<article>a|the|one|an old|the old) pair of (?P<noun>.+)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:a|an|the|one|my|our|your|some) ", re.IGNORECASE)


def thing_at_heart(text: str) -> Heart | None:
    """The heart of a theme without anybody that names a thing and its oddity; else None.

    ``text`` is the theme as it stands inside a sentence.
    Only what the thing does as a habit counts: ``the town that lost its echo`` is an event.
    """
    if that := _THAT.match(text):
        thing, does = that["thing"], that["does"]
        if not _is_habit(does):
            return None
        did = " ".join(in_the_past(does.split()))
    elif has := _WITH.match(text):
        thing = has["thing"]
        did = f"had no {_ARTICLE.sub('', has['lacks'])}" if has["without"] else f"had {has['has']}"
    else:
        return None
    if pair := _OF_MANY.match(thing):
        full, noun, many = f"a pair of {pair['noun']}", pair["noun"], True
    else:
        full = thing
        noun = _ARTICLE.sub("", thing)
        many = english.is_plural(noun) and not re.match(r"(?:a|an|one) ", thing, re.IGNORECASE)
    if " of " in noun or " and " in noun or len(noun.split()) > 4:
        return None
    if many:
        did = re.sub(r"^was\b", "were", did)
    said = did.removeprefix("had ") if _has_form(text) else ""
    pronouns = english.PRONOUNS["plural" if many else "n"]
    return Heart(
        "thing",
        {
            "it_full": f"{full} with {said}" if said else f"{full} that {did}",
            "the_it": f"the {noun}",
            "its_kind": noun if many else english.plural(noun),
            "did": did,
            "t_was": "were" if many else "was",
            "t_they": pronouns.they,
            "t_them": pronouns.them,
            "t_themself": pronouns.themself,
            "did_all": re.sub(r"^was\b", "were", did),
        },
    )


def _has_form(text: str) -> bool:
    """Whether a theme says what its thing has, not what it does: ``a map with one street missing``."""
    return (
        not _THAT.match(text) and (found := _WITH.match(text)) is not None and not found["without"]
    )


def _is_habit(does: str) -> bool:
    words = [word for word in does.lower().split() if word not in HABITS]
    if not words:
        return False
    return not (english.is_past(words[0]) or words[0].endswith("ed")) and words[0] != "was"


_WHEN = re.compile(
    r"^(?:(?:the|a|one|that) )?(?P<when>(?:\w+ )?(?:day|night|morning|evening|afternoon|week|summer|winter"
    r"|spring|autumn|year|hour|christmas))(?: (?:that|when|on which|in which))? (?P<what>(?:the|a|an|all|every"
    r"|everyone|everybody|nobody|no|it|my|our|his|her|their|two|three|time|(?!I\b)[A-Z]\w*)\b.*)$",
)
_WHEN_ASKED = re.compile(
    r"^when (?P<what>(?!do|does|did|is|are|was|were|will|can)\w.*)$", re.IGNORECASE
)


def event_at_heart(clean: str) -> Heart | None:
    """The heart of a theme that tells what happened to everybody: ``the day it rained fish``."""
    said = _WHEN.match(_uncapitalised(clean)) or _WHEN_ASKED.match(clean)
    if said is None:
        return None
    who, clause = clause_in_the_past(said["what"])
    return happened(who, clause, said.groupdict().get("when") or "day") if clause else None


_WHERE = re.compile(r"^(?P<place>.+?),? (?:where|in which) (?P<what>.+)$", re.IGNORECASE)


def rule_at_heart(text: str) -> tuple[str, Heart] | None:
    """The place and the heart of ``a world where nobody can lie``; else None.

    ``text`` is the theme as it stands inside a sentence.
    """
    said = _WHERE.match(text)
    clause = clause_in_the_past(said["what"])[1] if said else ""
    if said is None or not clause:
        return None
    return said["place"], Heart("rule", {"clause": clause, "clause_now": said["what"]})


def happened(who: str, clause: str, when: str = "day") -> Heart:
    """What happened, ``clause``, in the past, to ``who``; ``when``: ``day``, ``coldest night``."""
    clause = re.sub(r"^(?:my|our) ", "the ", clause)
    return Heart(
        "event",
        {
            "clause": clause,
            "who": who,
            "the_day": f"the {when}",
            "that_day": f"that {when.rsplit(' ', 1)[-1]}",
        },
    )


def _uncapitalised(text: str) -> str:
    first = text.split(" ", 1)[0]
    return first.lower() + text[len(first) :]
