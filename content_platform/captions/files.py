"""Caption files: SRT, WebVTT and ASS. UTF-8, LF line ends, a blank line after the last cue."""

from __future__ import annotations

import re
from collections.abc import Sequence

from content_platform.captions.layout import PLACEMENTS, highlight_states
from content_platform.captions.models import Cue
from content_platform.typography.colour import INK, Rgb, legible_on_ink, parse_colour
from content_platform.typography.fonts import Typeface, faces, windows_height
from content_platform.typography.scripts import joiner
from content_platform.vocabulary import Format

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip. Plain text: what reads as markup or as a time line is defused, not interpreted."""
    blocks = []
    for number, cue in enumerate(cues, start=1):
        lines = (_plain(line).replace("-->", "→") for line in cue.text.split("\n"))
        blocks.append(
            f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n"
            + "\n".join(line.replace("<", "‹").replace(">", "›") for line in lines)
            + "\n\n"
        )
    return "".join(blocks)


def to_vtt(cues: Sequence[Cue], locale: str) -> str:
    """WebVTT (W3C), each word after the first of its cue marked with the time it is spoken."""
    parts = [f"WEBVTT\nKind: captions\nLanguage: {locale}\n\n"]
    for number, cue in enumerate(cues, start=1):
        start, end = _milliseconds(cue.start_s), _milliseconds(cue.end_s)
        marked, latest = [], start
        for line in cue.lines:
            text, previous = "", ""
            for word in line:
                shown = _plain(word.text).replace("&", "&amp;").replace("<", "&lt;")
                shown = shown.replace(">", "&gt;")
                at = _milliseconds(word.start_s)
                stamp = ""
                if latest < at < end:  # the standard wants them to rise within the cue
                    stamp, latest = f"<{_clock(word.start_s, '.')}>", at
                text += joiner(previous, word.text) + stamp + shown
                previous = word.text
            marked.append(text)
        parts.append(
            f"{number}\n{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n"
            + "\n".join(marked)
            + "\n\n"
        )
    return "".join(parts)


def to_ass(cues: Sequence[Cue], shape: Format, accent: str, locale: str) -> str:
    """Advanced SubStation Alpha with the spoken word in the accent colour, for one picture format.

    One event per spoken word, so that players without karaoke effects show it too. The type asks
    for the bundled fonts; render with ``typography.fonts.fontconfig_file``.
    """
    width, height = shape.size
    place = PLACEMENTS[shape]
    margin = round(width * (1 - place.width) / 2)
    if place.middle is None:
        alignment, vertical = 2, round(height * (1 - place.bottom))
    else:
        alignment, vertical = 5, 0
    face = faces(Typeface.CAPTION, locale)[0]
    bold = 0 if face.weight is None else -1
    # libass scales a font to its ascent plus descent, so the em is asked for through that height.
    size = round(place.size * windows_height(face))
    style = (
        f"Style: Caption,{face.family},{size},&H00FFFFFF,&H00FFFFFF,{_ass_colour(INK)},"
        f"{_ass_colour(INK, 0x80)},{bold},0,0,0,100,100,0,0,1,{place.outline},3,{alignment},"
        f"{margin},{margin},{vertical},-1"
    )
    spoken = _ass_colour(legible_on_ink(parse_colour(accent))).removesuffix("&")
    position = ""
    if place.middle is not None:
        position = f"{{\\pos({width // 2},{round(height * place.middle)})}}"
    events = []
    for cue in cues:
        for start, end, number in highlight_states(cue):
            shown: list[str] = []
            index = 0
            for line in cue.lines:
                text, previous = "", ""
                for word in line:
                    inner = _ass_text(word.text)
                    if index == number:
                        inner = f"{{\\1c{spoken}&}}{inner}{{\\1c&HFFFFFF&}}"
                    text += joiner(previous, word.text) + inner
                    previous = word.text
                    index += 1
                shown.append(text)
            first, last = _centiseconds(start), _centiseconds(end)
            if last > first:
                events.append(
                    f"Dialogue: 0,{_ass_clock(first)},{_ass_clock(last)},Caption,,0,0,0,,"
                    + position
                    + "\\N".join(shown)
                )
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {width}",
            f"PlayResY: {height}",
            "WrapStyle: 2",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            f"Language: {locale}",
            "",
            "[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
            "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
            "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
            style,
            "",
            "[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
            *events,
            "",
            "",
        ]
    )


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _centiseconds(seconds: float) -> int:
    return round(seconds * 100)


def _clock(seconds: float, point: str) -> str:
    total = _milliseconds(seconds)
    return (
        f"{total // 3_600_000:02d}:{total // 60_000 % 60:02d}:{total // 1000 % 60:02d}"
        f"{point}{total % 1000:03d}"
    )


def _ass_clock(total: int) -> str:
    return f"{total // 360_000}:{total // 6000 % 60:02d}:{total // 100 % 60:02d}.{total % 100:02d}"


def _ass_colour(rgb: Rgb, transparency: int | None = None) -> str:
    """``&HAABBGGRR`` in styles, ``&HBBGGRR`` in overrides; ASS counts transparency, not opacity."""
    red, green, blue = rgb
    prefix = "" if transparency is None else f"{transparency:02X}"
    return f"&H{prefix}{blue:02X}{green:02X}{red:02X}"


def _ass_text(text: str) -> str:
    """Defuse braces and backslashes: a word joiner keeps ``\\N`` or ``\\h`` from meaning something."""
    text = _plain(text).replace("\\", "\\\u2060")
    return text.replace("{", "\\{").replace("}", "\\}")
