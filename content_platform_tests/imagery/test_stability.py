"""Stability AI's illustrators, over REST and over gRPC, against their contract servers."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest

from content_platform.imagery.adapters.stability import StabilityIllustrator
from content_platform.imagery.adapters.stability_grpc import StabilityGrpcIllustrator
from content_platform.imagery.models import Drawing, DrawRequest, picture_size
from content_platform.providers.catalogue import ModelEntry, Price, Unit
from content_platform.providers.models import (
    CallFailure,
    Capability,
    ContentRefused,
    OutOfService,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Format
from content_platform_tests.contract_servers.pictures import picture
from content_platform_tests.contract_servers.stability import StabilityServer
from content_platform_tests.contract_servers.stability_grpc import StabilityGrpcServer
from content_platform_tests.hosted_calls import (
    SECRET,
    context,
    failure_of,
)
from content_platform_tests.imagery.test_openai_pictures import wanted

SDXL = "stable-diffusion-xl-1024-v1-0"
CREDITS = {
    "core": "3", "ultra": "8", "sd3.5-large": "6.5", "sd3.5-large-turbo": "4", "sd3.5-medium": "3.5",
    SDXL: "0.2",
}  # fmt: skip
DAY = date(2026, 1, 1)


def entry(url: str, model: str, *, unit: Unit = "credit", **changes: Any) -> ModelEntry:
    usd = Decimal("0.01") if unit == "credit" else Decimal(CREDITS[model]) / 100
    return ModelEntry(
        name=f"stability-{model}", adapter="stability", vendor="Stability AI", model=model,
        capability=Capability.DRAW, licence="Terms of 2026", terms_url="https://example.com",
        secret="STABILITY_API_KEY", base_url=url,
        prices=(Price(unit=unit, usd=usd, effective_from=DAY, source="test"),),
        options={"credits": float(CREDITS[model])} if unit == "credit" else {},
        **changes,
    )  # fmt: skip


@pytest.fixture
def server() -> Iterator[StabilityServer]:
    with StabilityServer() as serving:
        yield serving


@pytest.fixture
def grpc_server() -> Iterator[StabilityGrpcServer]:
    with StabilityGrpcServer() as serving:
        yield serving


def assert_fits(produced: Any, scene: DrawRequest) -> None:
    assert isinstance(produced.output, Drawing)
    for shape in scene.formats:
        pixels = cv2.imread(str(produced.files[f"picture-{shape.value}"]))
        assert pixels is not None
        assert (pixels.shape[1], pixels.shape[0]) == picture_size(shape)
        assert shape in produced.output.focal_points


@pytest.mark.parametrize("model", list(CREDITS))
def test_each_model_draws_each_format_and_costs_its_credits(
    model: str, server: StabilityServer, tmp_path: Path
) -> None:
    scene = wanted(tuple(Format))
    illustrator = StabilityIllustrator(entry(server.url, model))
    assert illustrator.refusal(scene) is None
    produced = illustrator.call(scene, context(tmp_path))
    assert_fits(produced, scene)
    assert produced.cost_usd == server.billed_usd == 3 * Decimal(CREDITS[model]) / 100
    assert produced.cost_usd == illustrator.estimate_usd(scene)
    assert server.violations == []


def test_a_price_for_each_picture_does_as_well(server: StabilityServer, tmp_path: Path) -> None:
    illustrator = StabilityIllustrator(entry(server.url, "core", unit="image"))
    assert illustrator.call(wanted(), context(tmp_path)).cost_usd == server.billed_usd


@pytest.mark.parametrize("model", ["ultra", SDXL])
def test_a_blurred_picture_is_a_refusal_whose_cost_nobody_knows(
    model: str, server: StabilityServer, tmp_path: Path
) -> None:
    scene = wanted().model_copy(update={"prompt": "something blurred"})
    failure = failure_of(StabilityIllustrator(entry(server.url, model)), scene, context(tmp_path))
    assert isinstance(failure, ContentRefused)
    assert failure.cost_usd is None
    assert server.billed_usd > 0


def test_a_story_keeps_its_seed_and_zero_is_not_left_to_chance(
    server: StabilityServer, tmp_path: Path
) -> None:
    illustrator = StabilityIllustrator(entry(server.url, SDXL))
    for seed in (0, 0, 7):
        illustrator.call(wanted(seed=seed), context(tmp_path, key=f"call-{len(server.journal)}"))
    seeds = [json.loads(call.body)["seed"] for call in server.journal]
    assert seeds == [1, 1, 8]


def test_an_earlier_picture_guides_the_models_that_take_one(
    server: StabilityServer, media: MediaStore, tmp_path: Path
) -> None:
    earlier = media.put_bytes(picture("earlier", 640, 640, "jpeg"), "image/jpeg")
    scene = wanted().model_copy(update={"references": (earlier,)})
    for model, guided in (("sd3.5-large", True), ("core", False)):
        illustrator = StabilityIllustrator(entry(server.url, model), media=media)
        assert_fits(illustrator.call(scene, context(tmp_path, key=model)), scene)
        assert (b"image-to-image" in server.journal[-1].body) is guided
    assert server.violations == []


def test_an_empty_balance_takes_the_account_out_of_service(tmp_path: Path) -> None:
    with StabilityServer(balance=Decimal(4)) as server:
        illustrator = StabilityIllustrator(entry(server.url, "core"))
        scene = wanted((Format.LANDSCAPE, Format.PORTRAIT))
        failure = failure_of(illustrator, scene, context(tmp_path))
        assert isinstance(failure, OutOfService)
        assert failure.cost_usd == server.billed_usd == Decimal("0.03")


def test_an_unknown_model_and_an_unknown_price_are_refused(server: StabilityServer) -> None:
    odd = entry(server.url, "core").model_copy(update={"model": "stable-video"})
    assert "none that this adapter" in (StabilityIllustrator(odd).refusal(wanted()) or "")
    free = entry(server.url, "core").model_copy(update={"prices": ()})
    assert "is not known" in (StabilityIllustrator(free).refusal(wanted()) or "")


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [("core", {}, 400), ("core", {"prompt": "x", "aspect_ratio": "7:3"}, 400),
     ("core", {"prompt": "x", "model": "sd3.5-large"}, 400), ("ultra", {"prompt": "x", "seed": "-1"}, 400),
     ("core", {"prompt": "forbidden"}, 403), ("sd3", {"prompt": "x", "model": "sd9"}, 400),
     ("core", {"prompt": "x", "style_preset": "baroque"}, 400)],
)  # fmt: skip
def test_the_contract_server_refuses_what_the_vendor_refuses(
    path: str, form: dict[str, str], status: int, server: StabilityServer
) -> None:
    answer = httpx.post(
        f"{server.url}/v2beta/stable-image/generate/{path}",
        files={
            name: (None, value) for name, value in {"none": "x", **form}.items() if name != "none"
        }
        or {"other": (None, "x")},
        headers={"Authorization": f"Bearer {SECRET}", "Accept": "image/*"},
    )
    assert answer.status_code == status
    assert {"id", "name", "errors"} <= set(answer.json())
    assert server.billed_usd == 0


def test_the_specs_catch_a_form_and_a_body_that_differ_from_them(server: StabilityServer) -> None:
    from content_platform_tests.contract_servers.stability import _V1

    if not _V1.there:
        pytest.skip("the vendors' specs are not here")
    headers = {"Authorization": f"Bearer {SECRET}", "Accept": "image/*"}
    # The service takes these three, the documents do not know them.
    server.credits["sd9"] = Decimal(1)
    form = {"prompt": (None, "x"), "model": (None, "sd9")}
    url = f"{server.url}/v2beta/stable-image/generate/sd3"
    assert httpx.post(url, files=form, headers=headers).status_code == 200
    assert any("sd9" in violation for violation in server.violations)
    server.violations.clear()
    body = {"text_prompts": [{"text": "x", "weight": "heavy"}], "height": 1024, "width": 1024}
    url = f"{server.url}/v1/generation/{SDXL}/text-to-image"
    assert httpx.post(url, json=body, headers=headers).status_code == 200
    assert any("heavy" in violation for violation in server.violations)


# gRPC, the vendor's own SDK


def test_the_sdk_draws_over_grpc(grpc_server: StabilityGrpcServer, tmp_path: Path) -> None:
    scene = wanted(tuple(Format))
    illustrator = StabilityGrpcIllustrator(entry(grpc_server.url, SDXL))
    assert illustrator.refusal(scene) is None
    produced = illustrator.call(scene, context(tmp_path))
    assert_fits(produced, scene)
    assert produced.cost_usd == grpc_server.billed_usd == illustrator.estimate_usd(scene)
    assert produced.response_id
    (first, *_) = grpc_server.requests
    assert first.image.seed[0] == scene.seed + 1
    assert [round(prompt.parameters.weight) for prompt in first.prompt] == [1, -1]


def test_a_blurred_picture_over_grpc_is_a_refusal(
    grpc_server: StabilityGrpcServer, tmp_path: Path
) -> None:
    scene = wanted().model_copy(update={"prompt": "something blurred"})
    illustrator = StabilityGrpcIllustrator(entry(grpc_server.url, SDXL))
    failure = failure_of(illustrator, scene, context(tmp_path))
    assert isinstance(failure, ContentRefused)
    assert failure.cost_usd is None


def test_without_its_package_the_grpc_illustrator_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    refusal = StabilityGrpcIllustrator(entry("127.0.0.1:1", SDXL)).refusal(wanted())
    assert "content-platform[stability]" in (refusal or "")


def test_nobody_listening_over_grpc_costs_nothing(
    grpc_server: StabilityGrpcServer, tmp_path: Path
) -> None:
    illustrator = StabilityGrpcIllustrator(entry("127.0.0.1:9", SDXL))
    failure = failure_of(illustrator, wanted(), context(tmp_path))
    assert isinstance(failure, CallFailure)
    assert failure.cost_usd == 0
