"""The model catalogue: which hosted models there are, what they can do, cost, and when they retire.

Data only (``catalogue.yaml`` beside this module, and a file of the operator's own laid over it).
Calling a model is its adapter's business, deciding whether it may be called the pipeline's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from content_platform.errors import BadInput, ContentPlatformError, wrong_values
from content_platform.providers.models import Capability, ProviderInfo, Repeatability
from content_platform.settings import Settings
from content_platform.storage.models import Model

SHIPPED = Path(__file__).with_name("catalogue.yaml")
WARN_DAYS = 60
"""How long before a model retires people are told."""

Unit = Literal[
    "input_token", "cached_input_token", "output_token", "image_input_token", "image_output_token",
    "character", "second", "image", "track", "credit", "call",
]  # fmt: skip
Usage = Mapping[Unit, Decimal | int]
"""How much of what a call used."""


class UnknownPrice(ContentPlatformError):
    """The catalogue has no price for what a call would use."""


class Price(Model):
    """US dollars for one ``unit`` from a day on, until a later entry's day."""

    unit: Unit
    usd: Decimal = Field(ge=0)
    effective_from: date
    source: str
    """Where the figure was read, and when."""


class ModelEntry(Model):
    """One hosted model as a provider."""

    name: str
    """Short and stable: what channel configs rank by, e.g. ``openai-gpt-6-luna``."""
    adapter: str
    """The vendor's adapter in the room of its capability: ``openai`` in ``stories/adapters/openai.py``."""
    vendor: str
    model: str
    """The vendor's id."""
    capability: Capability
    licence: str
    """Name and date of the terms that cover what it returns."""
    terms_url: str
    secret: str
    base_url: str = ""
    """Another server that speaks the vendor's API; empty: the vendor's own."""
    locales: tuple[str, ...] = ()
    """Languages it does well; empty: any."""
    voices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Language to the voices for it, as the vendor names them, best first."""
    voice_names: dict[str, str] = Field(default_factory=dict)
    """What people call a voice whose own name says nothing: ``JBFqnCBs…`` to ``George``."""
    prices: tuple[Price, ...] = ()
    unknown_price: Literal["refuse", "allow"] = "refuse"
    """What to do when a price is missing; ``allow`` counts it as nothing."""
    retires_on: date | None = None
    replaced_by: str = ""
    """What to use then: another entry, or what the vendor advises."""
    per_minute: int | None = Field(default=None, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    timeout_s: float = Field(default=120, gt=0)
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """What only its adapter knows: ``quality: medium``."""
    limits: dict[str, int] = Field(default_factory=dict)
    """The most it takes: ``characters``, ``words``, ``pixels``, ``seconds``."""
    acknowledgement: str = ""
    """What an operator must have accepted in so many words before it is used; empty: nothing."""
    acknowledged: str = ""
    """The same words, when the operator's own file holds them."""

    def info(self, repeatability: Repeatability = Repeatability.REPEATABLE) -> ProviderInfo:
        """What the pipeline needs to know of it."""
        return ProviderInfo(
            name=self.name,
            vendor=self.vendor,
            model=self.model,
            model_version=self.model,
            capability=self.capability,
            licence=self.licence,
            terms_url=self.terms_url,
            repeatability=repeatability,
            timeout_s=self.timeout_s,
            secret=self.secret,
            account=f"{self.vendor}:{self.secret}",
            per_minute=self.per_minute,
            concurrency=self.concurrency,
            retires_on=self.retires_on,
        )

    @property
    def unaccepted(self) -> str | None:
        """What the operator has yet to accept, and how; None when nothing is missing."""
        if self.acknowledgement.split() == self.acknowledged.split():
            return None
        return (
            f"its terms must be accepted first: set `acknowledged` of {self.name} in your own "
            f'catalogue to "{self.acknowledgement}"'
        )

    def price(self, unit: Unit, on: date) -> Decimal:
        """US dollars for one ``unit`` on a day. Raises UnknownPrice unless that is allowed."""
        known = [
            entry for entry in self.prices if entry.unit == unit and entry.effective_from <= on
        ]
        if not known:
            if self.unknown_price == "allow":
                return Decimal(0)
            raise UnknownPrice(
                f"{self.name}: what a {unit.replace('_', ' ')} costs on {on} is not known.",
                remedy=f"Add a price for it to your own catalogue, with its source, or do not use {self.name}.",
            )
        return max(known, key=lambda entry: entry.effective_from).usd

    def cost(self, usage: Usage, on: date) -> Decimal:
        """What ``usage`` costs on a day, to a millionth of a dollar, rounded up. Raises UnknownPrice."""
        exact = sum((self.price(unit, on) * amount for unit, amount in usage.items()), Decimal(0))
        return exact.quantize(Decimal("0.000001"), rounding="ROUND_UP")


@dataclass(frozen=True)
class Catalogue:
    """All hosted models, by name, in the order to ask them where nobody ranked them."""

    entries: Mapping[str, ModelEntry]

    def __iter__(self) -> Iterator[ModelEntry]:
        return iter(self.entries.values())

    def __getitem__(self, name: str) -> ModelEntry:
        """The entry called ``name``. Raises BadInput with the nearest names when there is none."""
        if name in self.entries:
            return self.entries[name]
        near = difflib.get_close_matches(name, self.entries, n=3, cutoff=0.4)
        raise BadInput(
            f"model {name!r} is not in the catalogue.",
            remedy=f"Did you mean {', '.join(near)}?" if near else "`doctor` lists all models.",
        )


def catalogue_of(settings: Settings) -> Catalogue:
    """The shipped catalogue with the operator's own file over it, where there is one.

    That is ``CONTENT_CATALOGUE``, else ``catalogue.yaml`` in the data folder. Raises BadInput.
    """
    own = settings.data_dir / "catalogue.yaml"
    return load_catalogue(settings.catalogue or (own if own.is_file() else None))


def load_catalogue(override: Path | None = None) -> Catalogue:
    """The shipped catalogue, with ``override`` laid over it field by field.

    The file has the same form: ``vendors`` gives all entries of an adapter their values, ``models``
    adds entries or changes fields of those there are, ``unknown_price: allow`` holds for all. The
    prices it gives for a unit replace the shipped ones for that unit. Raises BadInput naming the
    file, entry, field, value and remedy.
    """
    shipped = _shipped()
    if override is None:
        return Catalogue(_entries(shipped, SHIPPED))
    if not override.is_file():
        raise BadInput(
            f"catalogue: there is no file {override}.",
            remedy="Set CONTENT_CATALOGUE to your own catalogue, or leave it unset.",
        )
    own = _read(override)
    vendors = {
        name: {**shipped["vendors"].get(name, {}), **own["vendors"].get(name, {})}
        for name in [*shipped["vendors"], *own["vendors"]]
    }
    models = {
        name: _laid_over(shipped["models"].get(name, {}), own["models"].get(name, {}))
        for name in dict.fromkeys([*shipped["models"], *own["models"]])
    }
    return Catalogue(_entries({**shipped, **own, "vendors": vendors, "models": models}, override))


def retiring(
    entries: Iterable[ModelEntry], today: date, within_days: int = WARN_DAYS
) -> list[ModelEntry]:
    """The models that are shut down within so many days, or have been; the first to go first."""
    last = today + timedelta(days=within_days)
    going = [(entry.retires_on, entry.name, entry) for entry in entries if entry.retires_on]
    return [entry for day, _, entry in sorted(going, key=lambda item: item[:2]) if day <= last]


def retirement(entry: ModelEntry, today: date) -> str:
    """When an entry's model is shut down and what to use then, in words; it has ``retires_on``."""
    assert entry.retires_on is not None
    days = (entry.retires_on - today).days
    when = f"retires in {days} days, on" if days > 0 else "retired on"
    instead = f"; use {entry.replaced_by}" if entry.replaced_by else ""
    return f"{when} {entry.retires_on}{instead}"


# Reading the files. What they say is checked entry by entry, so that a message can name its place.

_Fields = dict[str, Any]


@cache
def _shipped() -> _Fields:
    return _read(SHIPPED)


def _read(file: Path) -> _Fields:
    """A catalogue file's content, with its sections as mappings of mappings."""
    try:
        data = yaml.load(file.read_text("utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise BadInput(
            f"{file} cannot be read: {reason}", remedy="Correct it; it is YAML, in UTF-8."
        ) from None
    data = {} if data is None else data
    known = {"vendors", "models", "unknown_price"}
    if not isinstance(data, dict) or not set(data) <= known:
        found = ", ".join(map(str, set(data) - known)) if isinstance(data, dict) else repr(data)
        raise _wrong(file, "its sections", found, "Use vendors, models and unknown_price.")
    for section in ("vendors", "models"):
        data[section] = data.get(section) or {}
        if not isinstance(data[section], dict):
            raise _wrong(file, section, data[section], "Write `name:` and its fields below it.")
        for name, fields in data[section].items():
            if not isinstance(fields, dict):
                raise _wrong(file, f"{section}: {name}", fields, "Write its fields below it.")
            if "prices" in fields:
                fields["prices"] = _prices(file, str(name), fields["prices"])
    return data


_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _prices(file: Path, name: str, rows: object) -> list[_Fields]:
    """Price rows with ``per`` worked in: 0.10 dollars per 1000000 is a price for one."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        remedy = "Write a list of {unit, usd, per, effective_from, source}."
        raise _wrong(file, f"{name}: prices", rows, remedy)
    found = []
    for row in rows:
        price = dict(row)
        per = price.pop("per", 1)
        if not isinstance(per, int) or per < 1:
            raise _wrong(file, f"{name}: prices.per", per, "Write a whole number from 1 on.")
        try:
            price["usd"] = Decimal(str(price.get("usd"))) / per
        except InvalidOperation:
            raise _wrong(
                file, f"{name}: prices.usd", price.get("usd"), "Write US dollars, such as 0.10."
            ) from None
        found.append(price)
    return found


def _laid_over(shipped: _Fields, own: _Fields) -> _Fields:
    fields = {**shipped, **own}
    for mapping in ("options", "limits", "voices", "voice_names"):
        if isinstance(shipped.get(mapping), dict) and isinstance(own.get(mapping), dict):
            fields[mapping] = {**shipped[mapping], **own[mapping]}
    if "prices" in shipped and "prices" in own:
        given = {row.get("unit") for row in own["prices"]}
        fields["prices"] = [
            *(row for row in shipped["prices"] if row.get("unit") not in given),
            *own["prices"],
        ]
    return fields


def _entries(data: _Fields, file: Path) -> dict[str, ModelEntry]:
    entries = {}
    for name, given in data["models"].items():
        fields = {**data["vendors"].get(given.get("adapter"), {}), **given, "name": str(name)}
        fields.setdefault("unknown_price", data.get("unknown_price", "refuse"))
        if isinstance(fields.get("voices"), dict) and "*" in fields["voices"]:
            spoken = dict.fromkeys(fields.get("locales") or ["en"], fields["voices"]["*"])
            fields["voices"] = {
                **spoken,
                **{k: voices for k, voices in fields["voices"].items() if k != "*"},
            }
        try:
            entries[str(name)] = ModelEntry.model_validate(fields)
        except ValidationError as error:
            problem = "; ".join(wrong_values(error))
            raise BadInput(
                f"{file}: model {name}: {problem}",
                remedy="Correct the entry; docs/providers.md lists the fields and what they take.",
            ) from None
    return entries


def _wrong(file: Path, where: str, value: object, remedy: str) -> BadInput:
    return BadInput(f"{file}: {where} cannot be {value!r:.100}.", remedy=remedy)
