"""What the writing vendors' stand-ins share: they tell stories, count tokens, and bill them.

The story is made from the request alone, as a model would: the JSON schema gives its shape, the
words of the prompt its length. A vendor's paths, headers and envelopes do not belong here.

Tokens are counted by one plain rule that adapters cannot know: one for every four characters of
each text, rounded up. An answer that does not fit the limit of the request is cut there.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from content_platform_tests.contract_servers.vendor import Refused


def tokens(text: str) -> int:
    """How many tokens a text is billed as."""
    return -(-len(text) // 4)


@dataclass(frozen=True)
class TokenPrice:
    """US dollars for one token."""

    input: Decimal
    output: Decimal
    cached_input: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)

    @classmethod
    def per_million(
        cls, input: str, output: str, cached_input: str = "0", cache_write: str = "0"
    ) -> TokenPrice:
        return cls(*(Decimal(p) / 1_000_000 for p in (input, output, cached_input, cache_write)))


@dataclass(frozen=True)
class Completion:
    """One answer and what it took."""

    text: str
    cut: bool
    """It reached the limit."""
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    """Of the input, what was read from the cache."""
    cache_write_tokens: int = 0
    """Of the input, what was written to the cache."""

    def usd(self, price: TokenPrice) -> Decimal:
        """What the vendor charges, to a millionth of a dollar, rounded up as its bill is."""
        plain = self.input_tokens - self.cached_tokens - self.cache_write_tokens
        exact = (
            plain * price.input
            + self.cached_tokens * price.cached_input
            + self.cache_write_tokens * price.cache_write
            + self.output_tokens * price.output
        )
        return exact.quantize(Decimal("0.000001"), rounding="ROUND_UP")


class Storytelling:
    """The model behind a writing vendor's server. What a test may set, it sets on the server."""

    def __init__(self, prices: Mapping[str, TokenPrice]) -> None:
        self.prices = dict(prices)
        """Of the models there are, by id."""
        self.lengths: list[float] = []
        """The coming stories have this share of the words that were asked for, one entry for each."""
        self.thinking_tokens = 0
        """Spent, billed and held against the limit before each answer."""
        self.cached_share = 0.0
        """How much of each prompt the cache has."""
        self.cache_write_share = 0.0
        self._scripted: list[str] = []
        self._lock = threading.Lock()

    def say(self, *answers: str) -> None:
        """Answer the coming requests with these texts, whatever they ask; then tell stories again."""
        with self._lock:
            self._scripted += answers

    def price(self, model: Any, code: str = "model_not_found") -> TokenPrice:
        """Raises Refused (404) for a model there is not."""
        if not isinstance(model, str) or model not in self.prices:
            raise Refused(404, f"The model `{model}` does not exist.", code)
        return self.prices[model]

    def complete(
        self, texts: Sequence[str], schema: Mapping[str, Any] | None, limit: int, seed: int
    ) -> Completion:
        """Answer to a conversation of ``texts``, in JSON when there is a ``schema``."""
        with self._lock:
            scripted = self._scripted.pop(0) if self._scripted else None
            length = self.lengths.pop(0) if self.lengths and scripted is None else 1.0
        said = scripted
        if said is None:
            prompt = "\n".join(texts)
            found = schema or _schema_in(prompt)
            said = (
                "Once upon a time there was no schema."
                if found is None
                else json.dumps(_Teller(prompt, length, seed).fill(found), ensure_ascii=False)
            )
        room = max(0, limit - self.thinking_tokens)
        cut = tokens(said) > room
        if cut:
            said = said[: 4 * room]
        spent = sum(map(tokens, texts)) + (tokens(json.dumps(schema)) if schema else 0)
        return Completion(
            said,
            cut,
            spent,
            min(limit, self.thinking_tokens + tokens(said)),
            int(spent * self.cached_share),
            int(spent * self.cache_write_share),
        )


def check_strict(schema: Any, where: str = "schema") -> None:
    """Raise Refused (400) for what vendors do not take in a strict schema."""
    if not isinstance(schema, dict):
        raise Refused(400, f"{where} is not an object", "invalid_schema")
    for word in ("default", "minLength", "maxLength", "pattern", "minimum", "maximum", "oneOf"):
        if word in schema:
            raise Refused(400, f"In {where}, {word!r} is not permitted.", "invalid_schema")
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise Refused(
                400, f"In {where}, 'additionalProperties' must be false.", "invalid_schema"
            )
        if set(schema.get("required", ())) != set(fields):
            raise Refused(
                400, f"In {where}, 'required' must name every property.", "invalid_schema"
            )
        for name, field in fields.items():
            check_strict(field, f"{where}.{name}")
    elif schema.get("type") == "array":
        check_strict(schema.get("items"), f"{where}.items")
    elif "type" not in schema:
        raise Refused(400, f"In {where}, 'type' is missing.", "invalid_schema")


def _schema_in(prompt: str) -> dict[str, Any] | None:
    """A schema that the prompt shows because the request cannot carry one."""
    for found in _objects(prompt):
        if isinstance(found.get("properties"), dict):
            return found
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that start a line of ``text``."""
    for match in re.finditer(r"^\{", text, re.MULTILINE):
        try:
            found, _ = json.JSONDecoder().raw_decode(text, match.start())
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _texts_to_translate(prompt: str) -> list[str]:
    """The scenes that the prompt holds as mere texts; what was told before has more to each."""
    for found in _objects(prompt):
        scenes = found.get("scenes")
        if isinstance(scenes, list) and scenes and all(isinstance(one, str) for one in scenes):
            return scenes
    return []


class _Teller:
    """Fills a schema with a plain story. The same prompt and seed give the same one."""

    _NAMES = ("Ilse", "Tomas", "Noor", "Piet", "Wanda", "Corin", "Alba", "Jory")
    _OPENINGS = (
        "{name} heard the bell before anyone else did.",
        "The letter had waited forty years for {name}.",
        "Nobody had told {name} that the door was real.",
    )
    _MIDDLE = (
        "{name} took the {thing} and walked to the {place}.",
        "The wind had stopped, and so had every clock.",
        "Somebody had left a {thing} on the cold step.",
        "{name} waited, counted to ten, and listened again.",
        "There was a light in the {place} where none should be.",
        "It was only a small sound, but it knew the way.",
        "{name} held the {thing} close and did not look back.",
        "The old {place} smelled of rain and warm bread.",
        "A voice behind the wall said a name very softly.",
        "Then the {thing} moved, all by itself, towards the window.",
    )
    _ENDING = "In the morning {name} was still there, and so was the light."
    _GERMAN = (
        "Der Wind war still geworden, und die alte Uhr blieb einfach stehen.",
        "Niemand wusste, wer die Tür geöffnet hatte.",
        "Am nächsten Morgen war das Licht immer noch da.",
        "Sie nahm den Brief und ging langsam die Treppe hinauf.",
    )

    def __init__(self, prompt: str, length: float, seed: int) -> None:
        self._random = random.Random(f"{seed}|{len(prompt)}")
        asked = re.search(r"(\d+) words", prompt)
        self._words = max(8, round(int(asked[1]) * length)) if asked else 60
        self._given = _texts_to_translate(prompt)
        self._german = bool(re.search(r'"locale": "de|\bGerman\b', prompt))
        self._name = self._random.choice(self._NAMES)
        self._thing = self._random.choice(("lantern", "key", "letter", "music box"))
        self._place = self._random.choice(("library", "train station", "lighthouse", "garden"))
        self._sentences = self._tell()

    def fill(self, schema: Mapping[str, Any], field: str = "") -> Any:
        kind = schema.get("type")
        if kind == "object":
            return {name: self.fill(inner, name) for name, inner in schema["properties"].items()}
        if kind == "array":
            return self._list(schema["items"], field)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if kind in ("integer", "number"):
            return 1
        if kind == "boolean":
            return False
        return {
            "title": f"The {self._thing.title()} of {self._name}",
            "logline": f"{self._name} finds a {self._thing} that should not be there.",
            "name": self._name,
            "noun": "night watchman",
            "place": self._place,
            "action": f"holding a {self._thing}",
            "plot": f"the waking {self._thing}",
            "later_self_of": "",
        }.get(field, "a plain word")

    def _list(self, items: Mapping[str, Any], field: str) -> list[Any]:
        if field == "scenes":
            scenes = []
            for text in self._sentences:
                if items.get("type") == "string":
                    scenes.append(text)
                else:
                    scenes.append(self.fill(items, "scene") | {"text": text})
            return scenes
        if field == "cast" and items.get("type") == "object":
            return [self.fill(items, "member")]
        known = {"cast": self._name, "props": self._thing, "traits": "old"}
        return [known.get(field, "a plain word")]

    def _tell(self) -> list[str]:
        """A text for each scene: as many as were given, else of two sentences up to the length."""
        if self._given:
            return [
                self._random.choice(self._GERMAN if self._german else self._MIDDLE[1::4])
                for _ in self._given
            ]
        blanks = {"name": self._name, "thing": self._thing, "place": self._place}
        ending = self._ENDING.format(**blanks)
        left = self._words - len(ending.split())
        told: list[str] = []
        bank = [self._random.choice(self._OPENINGS)]
        while left > 0:
            if not bank:
                bank = self._random.sample(
                    self._GERMAN if self._german else self._MIDDLE,
                    len(self._GERMAN if self._german else self._MIDDLE),
                )
            sentence = bank.pop(0).format(**blanks)
            told.append(sentence)
            left -= len(sentence.split())
        told.append(self._random.choice(self._GERMAN) if self._german else ending)
        return [" ".join(told[start : start + 2]) for start in range(0, len(told), 2)]
