"""The bundled fonts and the fontconfig file that makes other programs use them alone."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from content_platform.errors import StorageUnavailable
from content_platform.typography.fonts import (
    Typeface,
    face_for,
    faces,
    font_dirs,
    fontconfig_file,
    open_font,
)

SAMPLES = {
    "en": "Zoë",
    "vi": "Người",
    "ru": "маяк",
    "el": "φάρος",
    "ar": "منارة",
    "he": "מגדלור",
    "hi": "तूफ़ान",
    "th": "ประภาคาร",
    "ja": "灯台の",
    "zh": "灯塔",
    "zh-TW": "燈塔",
    "ko": "등대",
    "bn": "বাতিঘর",
    "ta": "விளக்கம்",
    "ka": "შუქურა",
    "hy": "փարոս",
    "am": "መብራት",
    "km": "ភ្លើង",
    "my": "မီးပြ",
}


@pytest.mark.parametrize("typeface", list(Typeface))
@pytest.mark.parametrize("locale", SAMPLES)
def test_every_script_has_a_bundled_font(locale: str, typeface: Typeface) -> None:
    assert all(face_for(char, typeface, locale) for char in SAMPLES[locale])


@pytest.mark.parametrize("locale", SAMPLES)
def test_a_locales_own_script_is_drawn_by_its_first_face(locale: str) -> None:
    first = faces(Typeface.CAPTION, locale)[0]
    assert all(face_for(char, Typeface.CAPTION, locale) == first for char in SAMPLES[locale])


def test_east_asian_locales_get_the_letter_forms_of_their_region() -> None:
    regions = {locale: faces(Typeface.CAPTION, locale)[0] for locale in ("ja", "ko", "zh", "zh-TW")}
    for face in (*regions.values(), faces(Typeface.CAPTION, "zh-HK")[0]):
        assert open_font(face).face.get_name(1) == face.family
    assert regions["ja"].family.endswith("JP")
    assert regions["zh"].family.endswith("SC")


def test_an_emoji_has_no_font() -> None:
    assert face_for("😀", Typeface.CAPTION, "en") is None


def test_the_fontconfig_file_names_the_bundled_folders_and_nothing_else(tmp_path: Path) -> None:
    config = fontconfig_file(tmp_path / "fonts & more")
    root = ET.fromstring(config.read_text(encoding="utf-8").split("?>", 1)[1])
    assert [entry.text for entry in root.findall("dir")] == [str(path) for path in font_dirs()]
    assert [entry.text for entry in root.findall("cachedir")] == [str(config.parent / "cache")]


def test_many_threads_may_write_the_fontconfig_file_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: fontconfig_file(tmp_path), range(16)))
    assert paths == {tmp_path / "fonts.conf"}
    assert [path.name for path in tmp_path.iterdir()] == ["fonts.conf"]


def test_an_unwritable_folder_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageUnavailable, match=r"taken.*CONTENT_DATA_DIR"):
        fontconfig_file(tmp_path / "taken")


def test_each_vendored_font_comes_with_its_open_licence() -> None:
    own = font_dirs()[0]
    for font in own.glob("*.ttf"):
        licence = own / f"{font.stem.split('-')[0]}-OFL.txt"
        assert "SIL Open Font License, Version 1.1" in licence.read_text(encoding="utf-8")
