"""Read a person's own script: bytes on disk → clean text, title, language.

Encodings, markdown, control characters, emoji, size limits and language are settled here, once;
everything after this module sees paragraphs of plain text. Cutting into scenes is ``scenes``'.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from content_platform.errors import BadInput
from content_platform.storage.models import Model
from content_platform.stories.models import MAX_SCRIPT_WORDS
from content_platform.stories.sentences import count_words
from content_platform.vocabulary import Locale

MAX_SCRIPT_BYTES = 4_000_000
"""Far above ``MAX_SCRIPT_WORDS`` in any script; a bigger file is not read at all."""

_WORDS_PER_PAGE = 300


class ScriptText(Model):
    """A person's text, ready to tell. Paragraphs are parted by one blank line."""

    title: str | None
    text: str
    locale: Locale
    words: int
    dropped_emoji: int = 0
    dropped_controls: int = 0


def read_script(path: Path, *, locale: str | None = None) -> ScriptText:
    """Read a .txt or .md file. ``locale`` overrides the language found in the text.

    Raises BadInput, naming the file and the remedy, when it is missing, binary, empty or too long.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadInput(f"script {str(path)!r} is a folder.", remedy="Name a .txt or .md file.")
        if size > MAX_SCRIPT_BYTES:
            raise BadInput(
                f"script {str(path)!r} has {size:,} bytes; at most {MAX_SCRIPT_BYTES:,} are read.",
                remedy="Cut it into episodes, one file each.",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"script {str(path)!r} cannot be read: {error.strerror or error}.",
            remedy="Check the path and that you may read the file.",
        ) from error
    return clean_script(_decode(raw, str(path)), locale=locale, source=f"script {str(path)!r}")


def clean_script(text: str, *, locale: str | None = None, source: str = "script") -> ScriptText:
    """Plain paragraphs out of plain text or markdown; ``source`` names it in errors.

    Markdown marks, emoji and control characters go; every spoken word stays, in order. The first
    heading (or a short first line set apart, in markdown) becomes the title.
    """
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
    )
    text, dropped_emoji, dropped_controls = _drop_unspeakable(text)
    title, body = _strip_markdown(text)
    body = unicodedata.normalize("NFC", body)
    words = count_words(body)
    if words == 0:
        raise BadInput(
            f"{source} has no words to tell" + (" besides its title." if title else "."),
            remedy="Write at least one sentence.",
        )
    if words > MAX_SCRIPT_WORDS:
        pages = round(words / _WORDS_PER_PAGE)
        episodes = -(-words // MAX_SCRIPT_WORDS)
        raise BadInput(
            f"{source} has {words:,} words (about {pages} pages); one video tells at most "
            f"{MAX_SCRIPT_WORDS:,} (about 13 minutes).",
            remedy=f"Cut it into {episodes} or more episodes, one file each.",
        )
    return ScriptText(
        title=title,
        text=body,
        locale=locale or identify_language(body),
        words=words,
        dropped_emoji=dropped_emoji,
        dropped_controls=dropped_controls,
    )


def clean_line(text: str) -> str:
    """``text`` as one line that can be spoken: no markdown marks, emoji or control characters.

    >>> clean_line("**She** ran,\\n*fast*.")
    'She ran, fast.'
    """
    lines = (re.sub(r"^\s*(?:#{1,6}|>|[-*+•])\s+", "", line) for line in text.splitlines())
    plain = _inline(" ".join(_drop_unspeakable(" ".join(lines))[0].split()))
    return unicodedata.normalize("NFC", " ".join(_SPACES.sub(" ", plain).split()))


# ---------------------------------------------------------------- bytes


def _decode(raw: bytes, name: str) -> str:
    for bom, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(bom):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise _not_text(name) from error
    if b"\x00" in raw:
        guess = _utf16_without_mark(raw)
        if guess is None:
            raise _not_text(name)
        return guess
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    strange = sum(1 for byte in raw if byte < 32 and byte not in (9, 10, 12, 13, 26, 27))
    if raw.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8", b"\xd0\xcf\x11\xe0")) or (
        strange > len(raw) * 0.01
    ):
        raise _not_text(name)
    # cp1252 leaves five bytes undefined; latin-1 reads those as controls, which are dropped.
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _utf16_without_mark(raw: bytes) -> str | None:
    """UTF-16 with no byte order mark: one half of the bytes is mostly zero."""
    sample = raw[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if odd > even * 4 else "utf-16-be" if even > odd * 4 else ""
    if not encoding or max(even, odd) < len(sample) / 8:
        return None
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if "\x00" not in text else None


def _not_text(name: str) -> BadInput:
    return BadInput(
        f"script {name!r} is not a text file.",
        remedy="Export the text as .txt or .md (UTF-8) and name that file.",
    )


# ---------------------------------------------------------------- characters

_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|(?:[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u2190-\u21ff\u25a0-\u25ff\u3030\u303d\u3297\u3299\u00a9\u00ae\u203c\u2049]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff][\ufe0f\U0001f3fb-\U0001f3ff]*)*))"
)
_TERMINAL_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|[@-Z\\-_])")  # ECMA-48
_SPOKEN_SYMBOLS = frozenset("©®→←")
_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


def _drop_unspeakable(text: str) -> tuple[str, int, int]:
    """Without emoji and control characters, and how many of each there were."""
    emoji = 0

    def drop(match: re.Match[str]) -> str:
        nonlocal emoji
        if match.group() in _SPOKEN_SYMBOLS:
            return match.group()
        emoji += 1
        return " "

    text, controls = _TERMINAL_SEQUENCE.subn("", text)
    text = _EMOJI.sub(drop, text)
    kept: list[str] = []
    for letter in text:
        category = unicodedata.category(letter)
        if (
            letter in "\n\t"
            or category not in ("Cc", "Cf", "Co", "Cs", "Cn")
            or letter in "\u200c\u200d"
        ):
            kept.append(letter)
        elif letter == "\x0c":
            kept.append("\n\n")
        else:
            controls += letter not in "\ufeff\u00ad"
    return "".join(kept).replace("\ufe0f", ""), emoji, controls


# ---------------------------------------------------------------- markdown

_FENCE = re.compile(r"^\s*(```|~~~)[^\n]*\n.*?(?:^\s*\1\s*$|\Z)", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A\s*---\n(.*?)\n---\s*\n", re.DOTALL)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_RULE = re.compile(r"^\s{0,3}([-*_=])(?:\s*\1){2,}\s*$")
_BULLET = re.compile(r"^\s*[-*+•‣◦]\s+(?:\[[ xX]\]\s+)?")
_NUMBERED = re.compile(r"^\s*\(?\d{1,3}[.)]\s+\S")
_ENDS = re.compile(r"[.!?…:;,。！？؟।\"”’»）)]$")


def _strip_markdown(text: str) -> tuple[str | None, str]:
    title: str | None = None
    front = _FRONT_MATTER.match(text)
    if front and re.search(r"^\w+:", front[1], re.MULTILINE):
        named = re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", front[1], re.MULTILINE)
        title = named[1] if named else None
        text = text[front.end() :]
    text = _FENCE.sub("\n", text)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    lines = text.split("\n")
    blocks: list[str] = []
    current: list[str] = []

    def close() -> None:
        if current:
            blocks.append(" ".join(current))
            current.clear()

    for index, line in enumerate(lines):
        heading = _HEADING.match(line)
        follow = lines[index + 1] if index + 1 < len(lines) else ""
        underlined = (
            bool(line.strip()) and not current and re.match(r"^\s{0,3}(=+|-{3,})\s*$", follow)
        )
        if heading or underlined:
            close()
            words = _inline(heading[1] if heading else line)
            if not words:
                continue
            if title is None and not blocks:
                title = words
            else:
                blocks.append(words if _ENDS.search(words) else words + ".")
        elif _RULE.match(line) or not line.strip() or re.match(r"^\s{0,3}=+\s*$", line):
            close()
        elif re.match(r"^\s*\|?[\s:|-]+\|[\s:|-]*$", line):
            continue  # the line under a table's head
        elif _BULLET.match(line) or _NUMBERED.match(line):
            close()
            current.append(_inline(_BULLET.sub("", line)))
        else:
            current.append(_inline(re.sub(r"^\s*(?:>\s?)+", "", line)))
    close()
    body = "\n\n".join(" ".join(_SPACES.sub(" ", block).split()) for block in blocks)
    return title, re.sub(r"\n{3,}", "\n\n", body).strip()


def _inline(line: str) -> str:
    line = re.sub(r"!\[([^\]]*)\]\([^)]*\)", "", line)
    line = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\[([^\]]+)\]\[[^\]]*\]", r"\1", line)
    line = re.sub(r"<https?://[^>]+>", "", line)
    line = re.sub(r"</?[a-zA-Z][^>]{0,200}>", "", line)
    line = re.sub(r"(\*\*\*|\*\*|___|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
    line = re.sub(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])", r"\1", line)
    line = re.sub(r"(?<![\w_])_(?=\S)([^_]+?)(?<=\S)_(?![\w_])", r"\1", line)
    line = re.sub(r"`([^`]*)`", r"\1", line)
    line = re.sub(r"\\([\\`*_{}\[\]()#+.!>~|-])", r"\1", line)
    if line.strip().startswith("|"):
        line = line.replace("|", " ")
    return line.strip()


# ---------------------------------------------------------------- language

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]"), 0.05),
    ("ko", re.compile(r"[\uac00-\ud7af]"), 0.3),
    ("zh", re.compile(r"[\u3400-\u9fff]"), 0.3),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), 0.3),
    ("he", re.compile(r"[\u0590-\u05ff]"), 0.3),
    ("el", re.compile(r"[\u0370-\u03ff]"), 0.3),
)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify_language(text: str) -> str:
    """The language of ``text`` as a two-letter code; English when there is too little to tell."""
    letters = re.sub(r"[\W\d_]+", "", text)
    for language, pattern, share in _SCRIPTS:
        if letters and len(pattern.findall(letters)) >= share * len(letters):
            return language
    if len(letters) < 12 and letters.isascii():
        return "en"
    language, probability = _identifier().classify(text[:5000])
    if letters.isascii() and len(letters) < 40 and probability < 0.9:
        return "en"
    return str(language)
