"""OpenAI's illustrator: the vendor's SDK against its contract server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from content_platform.imagery.adapters.openai import OpenAIIllustrator
from content_platform.imagery.checks import check_picture
from content_platform.imagery.models import Drawing, DrawRequest, picture_size
from content_platform.imagery.scenes import illustrate
from content_platform.imagery.wording import scene_prompt
from content_platform.providers.catalogue import ModelEntry, Price, Unit
from content_platform.providers.models import (
    Capability,
    ContentRefused,
    CredentialRefused,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Format
from content_platform_tests.contract_servers.openai_images import OpenAIImages
from content_platform_tests.contract_servers.pictures import picture, subject_at
from content_platform_tests.contract_servers.vendor import Trouble
from content_platform_tests.hosted_calls import (
    SECRET,
    GivenSecrets,
    context,
    failure_of,
)
from content_platform_tests.imagery import test_scenes as scenes
from content_platform_tests.imagery.test_illustrator import FOX, GIRL, request

DAY = date(2026, 1, 1)
UNITS: dict[Unit, str] = {
    "input_token": "0.000005", "image_input_token": "0.000008", "image_output_token": "0.00003",
}  # fmt: skip


def wanted(formats: tuple[Format, ...] = (Format.SQUARE,), **changes: Any) -> DrawRequest:
    scene = request(formats=formats, **changes)
    words = scene_prompt(scene.scene, scene.cast, scene.style, scene.seed)
    return scene.model_copy(update={"prompt": words})


def entry(url: str, **changes: Any) -> ModelEntry:
    prices = tuple(
        Price(unit=unit, usd=Decimal(usd), effective_from=DAY, source="test")
        for unit, usd in UNITS.items()
    )
    return ModelEntry(
        name="openai-gpt-image-2", adapter="openai", vendor="OpenAI", model="gpt-image-2",
        capability=Capability.DRAW, licence="Terms of 2026", terms_url="https://example.com",
        secret="OPENAI_API_KEY", base_url=f"{url}/v1", options={"quality": "low"},
        **{"prices": prices, **changes},
    )  # fmt: skip


@pytest.fixture
def server() -> Iterator[OpenAIImages]:
    with OpenAIImages() as serving:
        yield serving


def test_a_scene_is_drawn_in_each_format_at_its_exact_size_and_costs_what_the_vendor_meters(
    server: OpenAIImages, tmp_path: Path
) -> None:
    scene = wanted(tuple(Format))
    illustrator = OpenAIIllustrator(entry(server.url))
    assert illustrator.refusal(scene) is None
    produced = illustrator.call(scene, context(tmp_path))
    assert isinstance(produced.output, Drawing)
    for shape in Format:
        pixels = cv2.imread(str(produced.files[f"picture-{shape.value}"]))
        assert pixels is not None
        assert (pixels.shape[1], pixels.shape[0]) == picture_size(shape)
        sent = next(
            json.loads(call.body)["prompt"]
            for call in server.journal
            if shape.value == _shape_of(json.loads(call.body)["size"])
        )
        x, y = subject_at(sent)
        focal_point = produced.output.focal_points[shape]
        assert abs(focal_point.x - x) < 0.08
        assert abs(focal_point.y - min(y, 0.55)) < 0.12
        (box,) = produced.output.subjects[shape]
        assert box.kind == "figure"
        assert box.x < x < box.x + box.width
    assert "girl" in produced.output.alt_text.lower()
    assert produced.cost_usd == server.billed_usd > 0
    assert produced.cost_usd <= illustrator.estimate_usd(scene)
    assert produced.response_id.startswith("req_")
    assert server.violations == []


def _shape_of(size: str) -> str:
    width, height = map(int, size.split("x"))
    return "16x9" if width > height else "9x16" if height > width else "1x1"


def test_a_retry_does_not_pay_again_for_the_formats_that_were_drawn(
    server: OpenAIImages, tmp_path: Path
) -> None:
    scene = wanted((Format.LANDSCAPE, Format.PORTRAIT))
    illustrator = OpenAIIllustrator(entry(server.url))
    server.misbehave(Trouble.SLOW, Trouble.SERVER_ERROR)
    failure = failure_of(illustrator, scene, context(tmp_path))
    assert isinstance(failure, TransientFailure)
    assert failure.cost_usd == server.billed_usd > 0
    produced = illustrator.call(scene, context(tmp_path))
    assert set(produced.files) == {"picture-16x9", "picture-9x16"}
    assert failure.cost_usd + produced.cost_usd == server.billed_usd
    assert len(server.calls("/images/generations")) == 3
    # Another call draws its own.
    again = illustrator.call(scene, context(tmp_path, key="call-2"))
    assert again.cost_usd > produced.cost_usd
    assert len(server.calls("/images/generations")) == 5


def test_a_secret_that_expires_between_two_formats_loses_no_money(
    server: OpenAIImages, tmp_path: Path
) -> None:
    scene = wanted((Format.LANDSCAPE, Format.PORTRAIT))
    illustrator = OpenAIIllustrator(entry(server.url))
    server.misbehave(Trouble.SLOW, Trouble.BAD_SECRET)
    failure = failure_of(illustrator, scene, context(tmp_path))
    assert isinstance(failure, CredentialRefused)
    assert failure.cost_usd == server.billed_usd > 0
    # The pipeline goes on with the other version of the secret, within the same attempt.
    produced = illustrator.call(scene, context(tmp_path))
    assert failure.cost_usd + produced.cost_usd == server.billed_usd


def test_earlier_pictures_go_along_as_references(
    server: OpenAIImages, media: MediaStore, tmp_path: Path
) -> None:
    earlier = media.put_bytes(picture("earlier", 640, 640, "jpeg"), "image/jpeg")
    scene = wanted().model_copy(update={"references": (earlier,)})
    illustrator = OpenAIIllustrator(entry(server.url), media=media)
    produced = illustrator.call(scene, context(tmp_path))
    (call,) = server.calls("/images/edits")
    assert media.local_path(earlier).read_bytes() in call.body
    assert produced.cost_usd == server.billed_usd <= illustrator.estimate_usd(scene)
    assert server.violations == []


def test_a_member_looks_the_same_in_every_scene_and_only_where_it_is_seen() -> None:
    first = wanted(place="lighthouse", cast=(GIRL, FOX), seed=3).prompt
    second = wanted(place="city street", cast=(GIRL,), action="running", seed=3).prompt
    (look,) = (part for part in first.split(". ") if part.startswith("The girl: "))
    assert look in second
    assert "fox" not in second
    assert look not in wanted(cast=(GIRL,), seed=4).prompt
    assert "red scarf" in look
    assert "Tova" not in first


def test_a_model_of_unknown_price_or_quality_is_refused_by_name(server: OpenAIImages) -> None:
    unpriced = OpenAIIllustrator(entry(server.url, prices=()))
    assert "is not known" in (unpriced.refusal(wanted()) or "")
    vague = entry(server.url).model_copy(update={"options": {"quality": "max"}})
    assert "output_tokens_per_megapixel" in (OpenAIIllustrator(vague).refusal(wanted()) or "")
    assert "names no format" in (OpenAIIllustrator(entry(server.url)).refusal(wanted(())) or "")


def test_nobody_listening_costs_nothing_and_may_be_tried_again(tmp_path: Path) -> None:
    with OpenAIImages() as server:
        url = server.url
    failure = failure_of(OpenAIIllustrator(entry(url)), wanted(), context(tmp_path))
    assert isinstance(failure, TransientFailure)
    assert failure.cost_usd == 0


def test_a_wrong_secret_is_told_from_a_refusal(server: OpenAIImages, tmp_path: Path) -> None:
    illustrator = OpenAIIllustrator(entry(server.url))
    server.secrets = ("another",)
    assert isinstance(failure_of(illustrator, wanted(), context(tmp_path)), CredentialRefused)
    server.secrets = (SECRET,)
    server.misbehave(Trouble.CONTENT_REFUSED)
    assert isinstance(failure_of(illustrator, wanted(), context(tmp_path)), ContentRefused)


@pytest.mark.parametrize(
    ("change", "status"),
    [({"size": "1000x1000"}, 400), ({"size": "3840x1024"}, 400), ({"n": 11}, 400),
     ({"model": "dall-e-3"}, 404), ({"prompt": ""}, 400), ({"response_format": "url"}, 400)],
)  # fmt: skip
def test_the_contract_server_refuses_what_the_vendor_refuses(
    change: dict[str, Any], status: int, server: OpenAIImages
) -> None:
    body = {"model": "gpt-image-2", "prompt": "a fox", "size": "1024x1024", **change}
    answer = httpx.post(
        f"{server.url}/v1/images/generations",
        json=body,
        headers={"Authorization": f"Bearer {SECRET}"},
    )
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert server.billed_usd == 0


def test_the_vendors_spec_catches_a_request_and_an_answer_that_differ_from_it() -> None:
    spec = OpenAIImages.spec
    assert spec is not None
    if not spec.there:
        pytest.skip("the vendors' specs are not here")
    headers = {"content-type": "application/json"}
    good = json.dumps({"prompt": "a fox", "model": "gpt-image-2"}).encode()
    bad = json.dumps({"prompt": 7, "n": 50}).encode()
    answer = json.dumps({"created": 1, "data": []}).encode()
    args = ("POST", "/v1/images/generations", headers)
    assert spec.violations(*args, good, 200, "application/json", answer) == []
    assert len(spec.violations(*args, bad, 200, "application/json", answer)) == 2
    assert spec.violations(*args, good, 200, "application/json", b'{"data": []}') != []
    edits = ("POST", "/v1/images/edits")
    form = {"prompt": ["a fox"], "image": ["reference.png"], "n": ["1"], "quality": ["low"]}
    assert spec.form_violations(*edits, form) == []
    assert spec.form_violations(*edits, {**form, "quality": ["splendid"]}) != []
    assert spec.form_violations(*edits, {"prompt": ["a fox"]}) != []


def test_the_contract_servers_pictures_are_real() -> None:
    for kind in ("png", "jpeg", "webp"):
        data = picture("a fox", 320, 192, kind)
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert pixels.shape == (192, 320, 3)


def test_through_the_pipeline_the_ledger_equals_the_meter_also_after_retries_and_a_rotation(
    server: OpenAIImages, pipeline_with: Callable[..., Pipeline], media: MediaStore
) -> None:
    server.secrets = ("older",)
    pipeline = pipeline_with(
        OpenAIIllustrator(entry(server.url), media=media), secrets=GivenSecrets("newer", "older")
    )
    server.misbehave(Trouble.SERVER_ERROR)
    scene = wanted((Format.LANDSCAPE, Format.SQUARE))
    result = pipeline.run(scene, story_id="demo_20261122_0001")
    assert set(result.media) == {"picture-16x9", "picture-1x1"}
    assert result.provider == "openai-gpt-image-2"
    assert pipeline.story_cost("demo_20261122_0001").usd == server.billed_usd > 0
    billed = server.billed_usd
    assert pipeline.run(scene, story_id="demo_20261122_0001").reused
    assert server.billed_usd == billed


def test_a_story_drawn_elsewhere_shows_its_cast_as_it_was_drawn_before(
    server: OpenAIImages, pipeline_with: Callable[..., Pipeline], media: MediaStore
) -> None:
    pipeline = pipeline_with(
        OpenAIIllustrator(entry(server.url), media=media), secrets=GivenSecrets()
    )
    brief = scenes.brief(formats=(Format.SQUARE,))
    ranked = {"providers": {Capability.DRAW: ("openai-gpt-image-2",)}}
    brief = brief.model_copy(update={"config": brief.config.model_copy(update=ranked)})
    images = illustrate(scenes.story(3), brief, pipeline=pipeline, media=media, workers=2)
    assert [image.scene for image in images] == [0, 1, 2]
    first = media.local_path(images[0].picture).read_bytes()
    assert len(server.calls("/images/generations")) == 1
    assert [first in call.body for call in server.calls("/images/edits")] == [True, True]
    assert all(check_picture(image, media).passed for image in images)
    assert server.violations == []
