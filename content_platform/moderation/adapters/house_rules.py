"""The embedded moderator: the house rules, and a dictionary of profanity in 24 languages."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel

from content_platform.moderation.models import Finding, Judgement, ModerateTextRequest
from content_platform.moderation.rules import Category, excerpt, house_rules, policy_version
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.vocabulary import language_of

if TYPE_CHECKING:
    from glin_profanity import Filter

_DICTIONARIES = {
    "ar": "arabic", "cs": "czech", "da": "danish", "de": "german", "en": "english",
    "eo": "esperanto", "es": "spanish", "fa": "persian", "fi": "finnish", "fr": "french",
    "hi": "hindi", "hu": "hungarian", "it": "italian", "ja": "japanese", "ko": "korean",
    "nb": "norwegian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ru": "russian", "sv": "swedish", "th": "thai", "tr": "turkish", "zh": "chinese",
}  # fmt: skip


class HouseRulesModerator:
    """Judges texts without leaving the house.

    In English it knows swearing, contempt, cruelty, self-harm, sex and spam in context; in other
    languages profanity by dictionary only, which calls for a review and never blocks by itself.
    Personal data and web addresses are found in every language.
    """

    @cached_property
    def info(self) -> ProviderInfo:
        """Who answers: the rules' version and the dictionary's."""
        return ProviderInfo(
            name="house-rules",
            vendor="content-platform",
            model=f"house-rules + glin-profanity {version('glin-profanity')}",
            model_version=policy_version(),
            capability=Capability.MODERATE,
            licence="Apache-2.0 AND MIT",
            embedded=True,
            timeout_s=60,
        )

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """Refuses a language it has no dictionary for, and an audience it has no thresholds for."""
        if not isinstance(request, ModerateTextRequest):
            return f"it judges texts, not a {type(request).__name__}"
        if language_of(request.locale) not in _DICTIONARIES:
            return f"it knows no words of locale {request.locale!r}"
        if request.policy_version != policy_version():
            return f"policy {request.policy_version} is not in force, but {policy_version()}"
        if request.audience not in house_rules().audiences:
            known = ", ".join(house_rules().audiences)
            return f"audience {request.audience!r} is not one of {known}"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Judge the text; takes about a millisecond a sentence."""
        asked = cast(ModerateTextRequest, request)
        rules = house_rules()
        findings = rules.findings(asked.text) + _dictionary_findings(asked.text, asked.locale)
        findings.sort(key=lambda finding: (-finding.score, finding.category, finding.rule))
        decision = rules.decide(findings, asked.audience)
        return Produced(Judgement(decision=decision, findings=tuple(findings)))


def _dictionary_findings(text: str, locale: str) -> list[Finding]:
    """At most one finding per category, the gravest one's first word as evidence."""
    rules = house_rules()
    language = _DICTIONARIES[language_of(locale)]
    found: dict[str, Finding] = {}
    for match in _dictionary(language).check_profanity(text).get("matches") or ():
        word = str(match["word"])
        if language == "english":
            group = next((name for name, words in rules.groups.items() if word in words), "sexual")
            category, score = group, rules.scores[group]
        else:
            category, score = "profanity", rules.scores["other-language"]
        start = int(match["index"])
        found.setdefault(
            category,
            Finding(
                category=cast(Category, category),
                score=score,
                rule=f"dictionary ({language})",
                evidence=excerpt(text, start, min(len(text), start + len(word))),
            ),
        )
    return list(found.values())


@cache
def _dictionary(language: str) -> Filter:
    from glin_profanity import Filter

    return Filter(
        {
            "languages": [language],
            "detect_leetspeak": True,
            "leetspeak_level": "basic",
            "severity_levels": True,
            "ignore_words": sorted(house_rules().groups["everyday"])
            if language == "english"
            else [],
        }
    )
