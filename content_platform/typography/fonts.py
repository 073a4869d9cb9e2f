"""The bundled fonts: which there are, which one draws a character, how other programs find them.

All are under the SIL Open Font License 1.1. Nunito and Vollkorn lie beside this module; the Noto
fonts come from the wheels ``manimgx-fonts`` and ``manimgx-fonts-cjk``.
"""

from __future__ import annotations

import os
import struct
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz as hb

from content_platform.errors import StorageUnavailable
from content_platform.typography.scripts import EAST_ASIAN, script_of


class Typeface(StrEnum):
    """What a text is for. Scripts the face lacks are set in Noto Sans."""

    CAPTION = "caption"
    """Nunito Black: round, open, readable while moving."""
    TITLE = "title"
    """Vollkorn Black: a storybook's title page."""


@dataclass(frozen=True)
class Face:
    """One face of one font file. ``weight`` is set on variable fonts, 100 to 900."""

    family: str
    path: Path
    index: int = 0
    weight: int | None = None


def _wheel(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StorageUnavailable(
            f"The fonts of {package.replace('_', '-')} are not installed.",
            remedy="Install the platform's dependencies again (uv sync).",
        )
    return Path(spec.submodule_search_locations[0])


_OWN = Path(__file__).parent / "fonts"
_NOTO_SCRIPTS = {
    "Arab": "Arabic",
    "Armn": "Armenian",
    "Beng": "Bengali",
    "Deva": "Devanagari",
    "Ethi": "Ethiopic",
    "Geor": "Georgian",
    "Gujr": "Gujarati",
    "Guru": "Gurmukhi",
    "Hebr": "Hebrew",
    "Khmr": "Khmer",
    "Knda": "Kannada",
    "Laoo": "Lao",
    "Mlym": "Malayalam",
    "Mymr": "Myanmar",
    "Orya": "Oriya",
    "Sinh": "Sinhala",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Thai": "Thai",
}
# The collection's order of faces, as its name tables say.
_CJK_FACES = {"Jpan": (0, "JP"), "Kore": (1, "KR"), "Hans": (2, "SC"), "Hant": (3, "TC")}
_HONG_KONG = (4, "HK")
_BRANDS = {
    Typeface.CAPTION: (
        Face("Nunito Black", _OWN / "Nunito-Black.ttf"),
        frozenset({"Latn", "Cyrl"}),
    ),
    Typeface.TITLE: (
        Face("Vollkorn Black", _OWN / "Vollkorn-Black.ttf"),
        frozenset({"Latn", "Cyrl", "Grek"}),
    ),
}


def _noto(name: str) -> Face:
    family = f"Noto Sans {name}".strip()
    return Face(family, _wheel("manimgx_fonts") / f"NotoSans{name}[wght].ttf", weight=700)


def _cjk(script: str, locale: str) -> Face:
    index, region = _HONG_KONG if locale.endswith("-HK") else _CJK_FACES.get(script, (0, "JP"))
    path = _wheel("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc"
    return Face(f"Noto Sans CJK {region}", path, index=index, weight=800)


@cache
def faces(typeface: Typeface, locale: str) -> tuple[Face, ...]:
    """The faces tried for each character of a text, in order.

    The face of the locale's own script comes first, so that a line looks of one piece.
    """
    script = script_of(locale)
    brand, covered = _BRANDS[typeface]
    chain = [brand] if script in covered else []
    if script in EAST_ASIAN:
        chain.append(_cjk(script, locale))
    elif script in _NOTO_SCRIPTS:
        chain.append(_noto(_NOTO_SCRIPTS[script]))
    chain.append(_noto(""))
    chain += [_noto(name) for other, name in _NOTO_SCRIPTS.items() if other != script]
    if script not in EAST_ASIAN:
        chain.append(_cjk("Jpan", locale))
    chain.append(_noto("Symbols"))
    return tuple(chain)


@cache
def open_font(face: Face) -> hb.Font:
    """A face ready for shaping and drawing, at one unit per design unit."""
    font = hb.Font(hb.Face(hb.Blob.from_file_path(str(face.path)), face.index))
    if face.weight is not None:
        font.set_variations({"wght": face.weight})
    return font


@cache
def face_for(char: str, typeface: Typeface, locale: str) -> Face | None:
    """The face that draws a character, or None when no bundled font has it."""
    for face in faces(typeface, locale):
        if open_font(face).get_nominal_glyph(ord(char)):
            return face
    return None


def windows_height(face: Face) -> float:
    """usWinAscent plus usWinDescent in ems (OS/2 table): the height that VSFilter and libass mean
    by a font size."""
    table = open_font(face).face.reference_table("OS/2").data
    ascent, descent = struct.unpack_from(">HH", table, 74)
    return float((ascent + descent) / open_font(face).face.upem)


def font_dirs() -> tuple[Path, ...]:
    """Every folder with bundled fonts."""
    return _OWN, _wheel("manimgx_fonts"), _wheel("manimgx_fonts_cjk")


def fontconfig_file(cache_dir: Path) -> Path:
    """Write ``cache_dir/fonts.conf`` and return it: a fontconfig that knows the bundled fonts only.

    Set ``FONTCONFIG_FILE`` to it for ffmpeg's libass. Written atomically; safe with many processes.
    """
    entries = "".join(f"<dir>{escape(str(path))}</dir>" for path in font_dirs())
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{entries}<cachedir>{escape(str(cache_dir / 'cache'))}</cachedir></fontconfig>\n"
    )
    target = cache_dir / "fonts.conf"
    try:
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return target
        cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=cache_dir, suffix=".part", delete=False
        ) as part:
            part.write(text)
        os.replace(part.name, target)  # noqa: PTH105 - atomic on one file system
    except OSError as error:
        raise StorageUnavailable(
            f"The fonts' configuration cannot be written to {cache_dir}: {error.strerror}.",
            remedy="Free some space there or set CONTENT_DATA_DIR to another folder.",
        ) from error
    return target
