"""Word timings as a calm voice would give them, for the captions' tests."""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.narration.models import Narration, SceneSpan, WordTiming
from content_platform.storage.models import MediaRef
from content_platform.typography.scripts import columns, ends_clause, ends_sentence

ENGLISH = (
    "On the night the storm came in, Mara Quill climbed the hundred and twelve steps of the "
    "lighthouse with a brass key in her pocket. Nobody had opened the lamp room since her father "
    'vanished. "Stay away from the light," he had written, "or it will learn your name." The key '
    "turned. Behind the door, the lamp was already burning, and on the floor lay a letter addressed "
    "to her. She read it twice. No. It was her own handwriting — dated tomorrow, at 10:45."
)
UNITS: dict[str, list[str]] = {
    "en": ENGLISH.split(),
    "ja": [
        "嵐の",
        "夜、",
        "灯台守の",
        "マラは",
        "真鍮の",
        "鍵を",
        "持って",
        "百十二段の",
        "階段を",
        "登った。",
    ],
    "zh": [*"暴风雨之", "夜，", *"玛拉带着黄铜钥匙登上了灯塔的一百一十二级台", "阶。"],
    "ar": [
        "في",
        "ليلة",
        "العاصفة،",
        "صعدت",
        "مارا",
        "(Mara)",
        "مئة",
        "واثنتي",
        "عشرة",
        "درجة",
        "منذ",
        "عام",
        "1984.",
    ],
    "he": [
        "בליל",
        "הסערה",
        "עלתה",
        "מארה",
        "(Mara)",
        "את",
        "מאה",
        "ושתים",
        "עשרה",
        "המדרגות",
        "של",
        "המגדלור.",
    ],
    "hi": [
        "तूफ़ान",
        "की",
        "रात,",
        "मारा",
        "पीतल",
        "की",
        "चाबी",
        "लेकर",
        "प्रकाशस्तंभ",
        "की",
        "सीढ़ियाँ",
        "चढ़ी।",
    ],
    "th": ["ในคืนที่พายุมา ", "มารา", "ปีน", "บันได", "หนึ่งร้อยสิบสองขั้น", "ของประภาคาร"],
    "ru": [
        "В",
        "ночь,",
        "когда",
        "пришёл",
        "шторм,",
        "Мара",
        "поднялась",
        "по",
        "ступеням",
        "маяка.",
    ],
    "el": [
        "Τη",
        "νύχτα",
        "που",
        "ήρθε",
        "η",
        "καταιγίδα,",
        "η",
        "Μάρα",
        "ανέβηκε",
        "στον",
        "φάρο.",
    ],
    "ko": [
        "폭풍이",
        "몰아치던",
        "밤,",
        "마라는",
        "놋쇠",
        "열쇠를",
        "들고",
        "등대의",
        "계단을",
        "올랐다.",
    ],
}


def spoken(units: Sequence[str], columns_per_second: float = 14.0) -> tuple[WordTiming, ...]:
    """Units spoken one after the other, with pauses at commas and stops."""
    words, now = [], 0.15
    for unit in units:
        end = now + max(0.12, columns(unit) / columns_per_second)
        words.append(WordTiming(text=unit, start_s=round(now, 3), end_s=round(end, 3)))
        now = end + (0.45 if ends_sentence(unit) else 0.18 if ends_clause(unit) else 0.0)
    return tuple(words)


def narration(locale: str = "en") -> Narration:
    """A narration whose audio is never listened to."""
    words = spoken(UNITS[locale])
    end = words[-1].end_s + 0.6
    return Narration(
        story_id="midnight-tales_20261122_0007",
        locale=locale,
        audio=MediaRef(sha256="0" * 64, size_bytes=1, mime="audio/flac"),
        compressed={},
        duration_s=end,
        voice="test",
        provider="test",
        words=words,
        spans=(SceneSpan(scene=0, start_s=0, end_s=end),),
        inputs_sha256="0" * 64,
    )
