"""The catalogue of hosted models: what ships, and an operator's own file over it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.errors import BadInput
from content_platform.hosted import ADAPTERS, Unusable, hosted_providers, why_unusable
from content_platform.providers.catalogue import (
    ModelEntry,
    UnknownPrice,
    catalogue_of,
    load_catalogue,
    retirement,
    retiring,
)
from content_platform.providers.models import Capability
from content_platform.security.secrets import Secrets
from content_platform.settings import Settings
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.stories.models import MAX_SCRIPT_WORDS
from content_platform_tests.providers.ordinary import ordinary_requests

DAY = date(2026, 11, 22)


def at_noon() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


class EverySecret:
    """A source that knows them all."""

    name = "everything"

    def read(self, name: str) -> list[str]:
        return [f"value-of-{name}"]


ALL_SET = Secrets([EverySecret()])
SHIPPED = load_catalogue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.yaml"


# What ships


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_shipped_model_is_complete(entry: ModelEntry) -> None:
    assert (entry.capability, entry.adapter) in ADAPTERS
    assert entry.terms_url.startswith("https://")
    assert any(year in entry.licence for year in ("2025-", "2026-"))
    assert entry.secret
    assert entry.concurrency
    assert entry.retires_on is None or (entry.retires_on > DAY and entry.replaced_by)
    for price in entry.prices:
        assert price.usd > 0
        assert price.effective_from <= DAY
        assert "2026" in price.source or "older" in price.source
    if entry.capability is Capability.SPEAK:
        assert set(entry.voices) == set(entry.locales)
        assert {name for names in entry.voices.values() for name in names} >= set(entry.voice_names)


def test_prices_are_those_the_vendors_publish() -> None:
    million = {
        ("openai-gpt-6-luna", "input_token"): "0.10",
        ("openai-gpt-6-luna", "output_token"): "0.50",
        ("anthropic-sonnet-5-5", "output_token"): "10",
        ("mistral-large", "input_token"): "1.36",
        ("openai-gpt-image-2", "image_output_token"): "30",
        ("elevenlabs-v4", "character"): "80",
        ("azure-neural", "character"): "15",
    }
    for (name, unit), usd in million.items():
        assert SHIPPED[name].price(unit, DAY) * 1_000_000 == Decimal(usd), name  # type: ignore[arg-type]
    assert SHIPPED["stability-ultra"].cost({"image": 3}, DAY) == Decimal("0.24")
    for unpriced in ("elevenlabs-music", "suno", "openai-gpt-image-2.6-flare"):
        with pytest.raises(UnknownPrice, match="is not known"):
            SHIPPED[unpriced].price("track", DAY)


@pytest.mark.parametrize("key", ADAPTERS, ids=lambda key: f"{key[0]} {key[1]}")
def test_every_adapter_is_where_the_table_says(key: tuple[Capability, str]) -> None:
    assert any((entry.capability, entry.adapter) == key for entry in SHIPPED)
    assert callable(ADAPTERS[key].load())


def test_with_every_secret_each_model_is_a_provider_of_its_name(media: LocalMediaStore) -> None:
    providers = hosted_providers(SHIPPED, ALL_SET, clock=at_noon, media=media)
    assert [provider.info.name for provider in providers] == list(SHIPPED.entries)
    for provider, entry in zip(providers, SHIPPED, strict=True):
        assert provider.info.secret == entry.secret
        assert provider.info.retires_on == entry.retires_on
    unusable = {p.info.name: p.reason for p in providers if isinstance(p, Unusable)}
    unpriced = {e.name for e in SHIPPED if not e.prices and e.name != "suno"}
    assert set(unusable) <= {"suno", "mubert", "azure-neural", "stability-grpc", *unpriced}
    assert "its terms must be accepted first" in unusable["suno"]
    assert "company_id" in unusable["mubert"]
    assert all("price is not known" in unusable[name] for name in unpriced)


@pytest.mark.parametrize(
    ("entry", "missing"),
    [
        ("mubert: {options: {company_id: ' '}}", "company_id"),
        ("azure-neural: {options: {region: ''}}", "region"),
        ("stability-core: {model: sketchy}", "sketchy"),
        ("openai-gpt-image-2: {options: {quality: best}}", "quality"),
        (
            "elevenlabs-flash: {prices: [{unit: character, usd: 1, effective_from: 2099-01-01, source: t}]}",
            "price",
        ),
        (f"suno: {{acknowledged: {json.dumps(SHIPPED['suno'].acknowledgement)}, unknown_price: allow}}",
         "licence_record"),
    ],
)  # fmt: skip
def test_what_an_entry_lacks_is_known_before_there_is_a_request(
    entry: str, missing: str, own: Path, media: LocalMediaStore
) -> None:
    own.write_text(f"models: {{{entry}}}")
    name = entry.partition(":")[0]
    models = load_catalogue(own)
    made = {p.info.name: p for p in hosted_providers(models, ALL_SET, clock=at_noon, media=media)}
    provider = made[name]
    assert isinstance(provider, Unusable)
    assert missing in provider.reason
    assert why_unusable(models[name], ALL_SET, DAY) == provider.reason


def test_without_secrets_no_adapter_is_made_and_each_says_what_it_lacks(
    media: LocalMediaStore,
) -> None:
    for provider in hosted_providers(SHIPPED, Secrets([]), clock=at_noon, media=media):
        assert isinstance(provider, Unusable)
        if provider.info.name not in {"suno", "azure-neural", "stability-grpc"}:
            assert provider.reason == f"{provider.info.secret} is not set"


def test_each_model_with_a_price_takes_an_ordinary_request_for_little_money(
    own: Path, media: LocalMediaStore, tmp_path: Path
) -> None:
    own.write_text("models: {mubert: {options: {company_id: ours}}}")
    requests = ordinary_requests(media, tmp_path)
    models = load_catalogue(own)
    for provider in hosted_providers(models, ALL_SET, clock=at_noon, media=media):
        if isinstance(provider, Unusable):
            continue
        request = requests[provider.info.capability]
        refusal = provider.refusal(request)
        if models[provider.info.name].prices:
            assert refusal is None, provider.info.name
            assert 0 < provider.estimate_usd(request) < 1, provider.info.name
        else:
            assert "is not known" in str(refusal), provider.info.name


# Retirement


def test_models_that_retire_within_sixty_days_are_named_the_first_first() -> None:
    names = [entry.name for entry in retiring(SHIPPED, DAY)]
    assert names == ["openai-gpt-4o-mini-tts", "openai-tts-1"]
    assert len(retiring(SHIPPED, date(2026, 12, 28))) == 4
    assert retiring(SHIPPED, date(2026, 11, 6)) == []
    tts = SHIPPED["openai-tts-1"]
    assert retirement(tts, DAY).startswith(
        "retires in 45 days, on 2027-01-06; use elevenlabs-flash"
    )
    assert retirement(tts, date(2027, 1, 6)).startswith("retired on 2027-01-06")
    assert why_unusable(tts, ALL_SET, date(2027, 1, 6)) == retirement(tts, date(2027, 1, 6))


# An operator's own file


def test_an_own_file_changes_fields_adds_models_and_leaves_the_rest(own: Path) -> None:
    own.write_text("""
vendors:
  elevenlabs: {concurrency: 15}
models:
  elevenlabs-v4: {options: {stability: 0.4}, limits: {seconds: 60}}
  house-llama:
    adapter: openai
    vendor: ours
    capability: write
    model: llama-4
    base_url: http://127.0.0.1:11434/v1
    secret: ""
    licence: Llama 4 Community License
    terms_url: https://www.llama.com/llama4/license/
    unknown_price: allow
""")
    changed = load_catalogue(own)
    assert list(changed.entries)[:-1] == list(SHIPPED.entries)
    v4 = changed["elevenlabs-v4"]
    assert v4.concurrency == changed["elevenlabs-flash"].concurrency == 15
    assert v4.options == {"stability": 0.4}
    assert v4.limits == {"characters": 10_000, "seconds": 60}
    assert v4.prices == SHIPPED["elevenlabs-v4"].prices
    assert changed["openai-gpt-6-sol"] == SHIPPED["openai-gpt-6-sol"]
    ours = changed["house-llama"]
    assert ours.cost({"input_token": 10**6}, DAY) == 0
    assert why_unusable(ours, Secrets([]), DAY) is None
    assert ours.info().account == "ours:"


def test_own_prices_replace_those_of_their_unit_and_hold_from_their_day(own: Path) -> None:
    own.write_text("""
models:
  openai-gpt-6-luna:
    prices:
      - {unit: output_token, usd: 0.4, per: 1000000, effective_from: 2026-01-01, source: our contract}
      - {unit: output_token, usd: 0.3, per: 1000000, effective_from: 2027-01-01, source: our contract}
  elevenlabs-music:
    prices: [{unit: second, usd: "0.012", effective_from: 2026-11-01, source: our invoice}]
""")
    luna = load_catalogue(own)["openai-gpt-6-luna"]
    assert luna.price("output_token", DAY) == Decimal("0.0000004")
    assert luna.price("output_token", date(2027, 1, 1)) == Decimal("0.0000003")
    assert luna.price("input_token", DAY) == Decimal("0.0000001")
    with pytest.raises(UnknownPrice):
        luna.price("output_token", date(2025, 12, 31))
    assert load_catalogue(own)["elevenlabs-music"].cost({"second": 60}, DAY) == Decimal("0.72")


def test_terms_are_accepted_in_so_many_words(own: Path) -> None:
    words = SHIPPED["suno"].acknowledgement
    own.write_text("models: {suno: {acknowledged: 'yes'}}")
    assert load_catalogue(own)["suno"].unaccepted is not None
    own.write_text(
        f"models:\n  suno:\n    acknowledged: >-\n      {words.replace(' that ', chr(10) + '      that ')}"
    )
    assert load_catalogue(own)["suno"].unaccepted is None


def test_unknown_prices_are_allowed_for_all_in_one_line(own: Path) -> None:
    own.write_text("unknown_price: allow")
    music = load_catalogue(own)["elevenlabs-music"]
    assert music.price("second", DAY) == 0
    assert why_unusable(music, ALL_SET, DAY) is None
    assert "price is not known" in str(why_unusable(SHIPPED["elevenlabs-music"], ALL_SET, DAY))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("models: [", "cannot be read"),
        ("[]", "its sections cannot be '[]'"),
        ("model: {}", "its sections cannot be 'model'"),
        ("models: {x: 3}", "models: x cannot be 3"),
        ("models: {suno: {colour: red}}", "model suno: colour: Extra inputs are not permitted (not 'red')"),
        ("models: {suno: {per_minute: 0}}", "per_minute: Input should be greater than or equal to 1 (not 0)"),
        ("models: {new: {adapter: openai}}", "model new: model: Field required (missing)"),
        ("models: {suno: {prices: 4}}", "suno: prices cannot be 4"),
        ("models: {suno: {prices: [{unit: track, usd: much}]}}", "prices.usd cannot be 'much'"),
        ("models: {suno: {prices: [{unit: track, usd: 1, per: 0}]}}", "prices.per cannot be 0"),
        ("models: {suno: {prices: [{unit: song, usd: 1, effective_from: 2026-01-01, source: x}]}}", "prices.0.unit"),
        ("unknown_price: maybe", "unknown_price: Input should be 'refuse' or 'allow' (not 'maybe')"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_its_name_entry_field_and_value(
    content: str, said: str, own: Path
) -> None:
    own.write_text(content)
    with pytest.raises(BadInput) as refused:
        load_catalogue(own)
    assert str(own) in refused.value.message
    assert said in refused.value.message
    assert refused.value.remedy


def test_an_adapter_nobody_knows_is_refused(own: Path, media: LocalMediaStore) -> None:
    own.write_text(
        "models: {suno: {adapter: udio, vendor: U, licence: x, terms_url: 'https://x', secret: U_KEY}}"
    )
    with pytest.raises(BadInput, match="model suno: adapter 'udio' cannot compose") as refused:
        hosted_providers(load_catalogue(own), ALL_SET, clock=at_noon, media=media)
    assert "elevenlabs, mubert, suno" in refused.value.remedy


def test_the_file_in_the_data_folder_is_found_and_a_named_one_must_be_there(
    own: Path, tmp_path: Path
) -> None:
    assert catalogue_of(Settings(data_dir=tmp_path)).entries == SHIPPED.entries
    own.write_text("models: {suno: {concurrency: 7}}")
    assert catalogue_of(Settings(data_dir=tmp_path))["suno"].concurrency == 7
    other = tmp_path / "other.yaml"
    with pytest.raises(BadInput, match=r"there is no file .*other\.yaml"):
        catalogue_of(Settings(data_dir=tmp_path, catalogue=other))
    with pytest.raises(BadInput, match="Did you mean elevenlabs-v4"):
        SHIPPED["elevenlabs-v5"]


def test_no_writer_claims_a_limit_that_no_story_can_reach() -> None:
    """A limit above what may be asked for at all would only look like one."""
    for entry in SHIPPED:
        assert entry.limits.get("words", 0) <= MAX_SCRIPT_WORDS, entry.name
