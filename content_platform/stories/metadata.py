"""Title, description, hashtags and chapters of a finished story, per platform and language.

Packaging makes one want to watch and never lies: titles and hooks are the story's own words, and
say nothing of its second half. Sending them anywhere is publishing's business.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from content_platform.quality import QualityReport
from content_platform.stories import english
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import Beat, Brief, PublishMetadata, Story
from content_platform.stories.sentences import count_words, sentences
from content_platform.vocabulary import Genre, Platform, language_of


@dataclass(frozen=True)
class PlatformLimits:
    """What a platform accepts. ``caption`` is the description with its hashtags, in ``unit``."""

    title: int
    caption: int
    unit: str
    hashtags: int
    forbidden: str = ""
    shortest_chapter_s: float | None = None
    """Chapters are shown when there are three or more, each this long; None: no chapters at all."""


LIMITS: dict[Platform, PlatformLimits] = {
    Platform.SANDBOX: PlatformLimits(100, 5000, "characters", 15, shortest_chapter_s=1.0),
    # YouTube Data API v3, videos.insert: snippet.title ≤ 100 characters and snippet.description
    # ≤ 5000 bytes, neither with < or >; more than 60 hashtags make YouTube ignore all of them,
    # and only the first three are shown above the title. Chapters: the first at 0:00, each ≥ 10 s.
    Platform.YOUTUBE: PlatformLimits(100, 5000, "bytes", 15, "<>", shortest_chapter_s=10.0),
    # TikTok Content Posting API: post_info.title holds the whole caption, ≤ 2200 UTF-16 units.
    Platform.TIKTOK: PlatformLimits(150, 2200, "utf-16", 8),
    # Instagram Graph API: caption ≤ 2200 characters, ≤ 30 hashtags.
    Platform.INSTAGRAM: PlatformLimits(125, 2200, "characters", 12),
    # Facebook Reels: a title of up to 255 characters; long descriptions are folded.
    Platform.FACEBOOK: PlatformLimits(255, 5000, "characters", 8),
}

MIN_CHAPTERS = 3

_GENRE_TAGS = {
    Genre.MYSTERY: (
        "MysteryStory", "ShortMystery", "CozyMystery", "WhatReallyHappened", "LittleMysteries",
        "UnexplainedTale", "CluesAndClocks", "MysteryTok",
    ),
    Genre.FANTASY: (
        "FantasyStory", "ShortFantasy", "ModernFairytale", "BedtimeStory", "QuietMagic",
        "MagicalRealism", "FolkloreInspired", "CozyFantasy",
    ),
    Genre.HEARTWARMING: (
        "HeartwarmingStory", "FeelGood", "Kindness", "WholesomeStory", "SmallKindnesses",
        "ComfortStory", "GentleStories", "GoodHearts",
    ),
    Genre.HORROR_LITE: (
        "ScaryButCozy", "SpookyStory", "Eerie", "CampfireStory", "GentleHorror",
        "CozyGhostStory", "LiminalTale", "NotQuiteHorror",
    ),
    Genre.SCIENCE_FICTION: (
        "SciFiStory", "ShortSciFi", "FutureTales", "CozySciFi", "SpeculativeFiction",
        "OneStrangeIdea", "SpaceStory", "SciFiShort",
    ),
    Genre.FABLE: (
        "Fable", "AnimalStory", "ModernFable", "BedtimeStory", "TalkingAnimals",
        "FolkTale", "StorybookAnimals", "ShortFable",
    ),
    Genre.HISTORICAL: (
        "HistoricalFiction", "OnceInHistory", "LongAgo", "PeriodStory", "EverydayHistory",
        "HistoryTale", "ForgottenHistory", "PastLives",
    ),
    Genre.COMEDY: (
        "FunnyStory", "DryHumour", "Silly", "AbsurdHumour", "GentleComedy",
        "ComedyStory", "PoliteChaos", "FunnyTales",
    ),
}  # fmt: skip
"""Small pools in which such stories are looked for; every story takes four of its genre's."""
_TAGS_OF_GENRE = 4
_PLATFORM_TAGS = {
    Platform.SANDBOX: ("SandboxStories", "Rehearsal"),
    Platform.YOUTUBE: ("Shorts", "AnimatedStory"),
    Platform.TIKTOK: ("StoryTok", "MicroFiction"),
    Platform.INSTAGRAM: ("Reels", "MicroFiction", "IllustratedStory"),
    Platform.FACEBOOK: ("ShortStory",),
}
_SHORTS_LIMIT_S = 180.0
SECONDS_PER_WORD = 1 / 2.6
"""A calm English voice, for texts nobody has spoken yet."""

_WORDS = {
    # disclosure, chapter names for start, middle and end, "a story from"
    "en": ("Story, voice, pictures and music were made with the help of AI.", "A short story from"),
    "de": ("Geschichte, Stimme, Bilder und Musik sind mit Hilfe von KI entstanden.", "Eine kurze Geschichte von"),
    "fr": ("Histoire, voix, images et musique ont été créées à l’aide de l’IA.", "Une courte histoire de"),
    "es": ("La historia, la voz, las imágenes y la música se crearon con ayuda de IA.", "Una historia corta de"),
    "it": ("Storia, voce, immagini e musica sono state create con l’aiuto dell’IA.", "Un breve racconto di"),
    "pt": ("História, voz, imagens e música foram criadas com a ajuda de IA.", "Uma história curta de"),
    "nl": ("Verhaal, stem, beeld en muziek zijn met hulp van AI gemaakt.", "Een kort verhaal van"),
    "hi": ("कहानी, आवाज़, चित्र और संगीत एआई की मदद से बनाए गए हैं।", "एक छोटी कहानी:"),
    "ja": ("物語・声・絵・音楽はAIの助けを借りて作られています。", "短い物語:"),
    "zh": ("故事、旁白、画面和音乐均由人工智能协助制作。", "短篇故事："),
    "ko": ("이야기, 목소리, 그림, 음악은 AI의 도움으로 만들어졌습니다.", "짧은 이야기:"),
    "ar": ("أُنجزت القصة والصوت والصور والموسيقى بمساعدة الذكاء الاصطناعي.", "قصة قصيرة من"),
}  # fmt: skip


def describe(
    brief: Brief,
    story: Story,
    *,
    scene_starts_s: Sequence[float] | None = None,
    duration_s: float | None = None,
) -> list[PublishMetadata]:
    """Publish metadata of ``story`` for each of the brief's platforms, within their limits.

    ``scene_starts_s`` says when each scene's narration begins; with it, platforms that show
    chapters get them. A story without media has neither starts nor a duration: they are estimated
    from its words. Raises ValueError when a story with media comes without its duration.
    """
    if duration_s is None:
        if brief.media:
            raise ValueError(f"story {story.story_id} has media, but no duration was given")
        pace_s = SECONDS_PER_WORD if brief.script else brief.target_seconds / max(1, story.words)
        duration_s = pace_s * story.words
        scene_starts_s = estimate_scene_starts(story, pace_s)
    hook = _hook(story)
    described = []
    for platform in brief.platforms:
        limits = LIMITS[platform]
        tags = _hashtags(brief, story, platform, duration_s)
        chapters = _chapters(story, scene_starts_s or (), duration_s, limits)
        described.append(
            PublishMetadata(
                story_id=story.story_id,
                locale=story.locale,
                platform=platform,
                title=_clean(_title(story, brief, limits), limits),
                description=_description(brief, story, platform, hook, tags, chapters),
                hashtags=tags,
                chapters=chapters,
            )
        )
    return described


def estimate_scene_starts(story: Story, seconds_per_word: float) -> list[float]:
    """When each scene would begin if every word took ``seconds_per_word``, in seconds."""
    words = (count_words(scene.text) for scene in story.scenes[:-1])
    return [seconds_per_word * before for before in itertools.accumulate(words, initial=0)]


def check_metadata(entry: PublishMetadata) -> QualityReport:
    """Whether ``entry`` is within its platform's limits."""
    limits = LIMITS[entry.platform]
    name = f"{entry.platform.value} ({entry.locale})"
    problems = []
    size = _size(entry.description, limits)
    if not entry.title.strip() or len(entry.title) > limits.title:
        problems.append(
            f"{name}: the title has {len(entry.title)} of 1 to {limits.title} characters"
        )
    if size > limits.caption:
        problems.append(f"{name}: the description has {size} of {limits.caption} {limits.unit}")
    if len(entry.hashtags) > limits.hashtags:
        problems.append(f"{name}: {len(entry.hashtags)} hashtags, at most {limits.hashtags}")
    for mark in limits.forbidden:
        if mark in entry.title or mark in entry.description:
            problems.append(f"{name}: {mark!r} is not allowed in title or description")
    bad = [tag for tag in entry.hashtags if not tag or re.search(r"[\s#]", tag)]
    if bad:
        problems.append(f"{name}: hashtags with spaces or # inside: {', '.join(bad)}")
    if entry.chapters:
        starts = [start for start, _ in entry.chapters]
        gaps = [after - before for before, after in itertools.pairwise(starts)]
        shortest = limits.shortest_chapter_s
        if shortest is None:
            problems.append(f"{name}: it shows no chapters")
        elif starts[0] != 0 or len(starts) < MIN_CHAPTERS or any(gap < shortest for gap in gaps):
            problems.append(
                f"{name}: chapters must start at 0:00, be 3 or more, each {shortest:.0f} s or longer"
            )
    return QualityReport(
        tuple(problems),
        {
            "title_characters": len(entry.title),
            "description_size": size,
            "hashtags": len(entry.hashtags),
        },
    )


# ---------------------------------------------------------------- parts


def _title(story: Story, brief: Brief, limits: PlatformLimits) -> str:
    """The story's title in the channel's title style; the plain one where nothing better fits."""
    most = min(limits.title, _TITLE_CHARACTERS)
    title = story.title.strip()
    own_english = language_of(story.locale) == "en"
    style = brief.config.packaging.title_style
    made = ""
    if style == "question":
        made = _question(story) if own_english else _asked_early(story)
    elif style == "promise":
        made = _promise(story)
    if made and len(made) <= most:
        both = f"{made} | {title}"
        return made if _same_words(title, made) or len(both) > most else both
    if not own_english or len(title) > 60:
        return _shorten(title, limits.title)
    label = {
        Genre.MYSTERY: "A Short Mystery",
        Genre.FANTASY: "A Short Fantasy Story",
        Genre.HEARTWARMING: "A Story to Warm You",
        Genre.HORROR_LITE: "A Short Eerie Story",
        Genre.SCIENCE_FICTION: "A Short Science Fiction Story",
        Genre.FABLE: "A Short Fable",
        Genre.HISTORICAL: "A Short Historical Story",
        Genre.COMEDY: "A Short Funny Story",
    }[brief.genre]
    longer = f"{title} | {label}"
    return longer if len(longer) <= most else _shorten(title, limits.title)


_TITLE_CHARACTERS = 90
"""Longer titles are cut off on screens, whatever the platform would store."""
_CLAUSES = ("what ", "where ", "why ", "who ", "how ")
_SUBORDINATE = re.compile(r"^(?:when|if|while|after|before|since|until|as|although)\b", re.I)


def _same_words(title: str, longer: str) -> bool:
    """Whether a title is already said by the longer one."""
    words = set(re.findall(r"\w+", title.lower())) - {"the", "a", "an"}
    return words <= set(re.findall(r"\w+", longer.lower()))


def _asked_early(story: Story) -> str:
    """A question the hook itself asks, without its quotation marks; empty when it asks none."""
    for sentence in sentences(story.scenes[0].text):
        asked = re.split(r": |[“«„]", sentence.strip().rstrip(" ”\"'’»"))[-1].strip(" \"'‘")
        if asked.endswith(("?", "？", "؟")) and (" " not in asked or count_words(asked) >= 3):
            return asked
    return ""


def _question(story: Story) -> str:
    """A question the story answers: its hook's own, or one that its title raises."""
    title = story.title.strip().rstrip(".!")
    if title.endswith("?"):
        return title
    if asked := _asked_early(story):
        return english.title_case(asked)
    low = title.lower()
    if low.startswith(_CLAUSES) and not re.match(r"\w+ (?:do|does|did|is|are|much|many)\b", low):
        return f"Who Knows {title}?"
    if re.fullmatch(r"the \w+ (?:night|day|evening|morning|afternoon)(?: of .*)?", low):
        return f"What Happened on {_without_capital(title)}?"
    if re.match(r"the (?:night|day|evening|morning|afternoon) .", low):
        return f"What Happened {_without_capital(title)}?"
    if done := re.fullmatch(r"(the .+) that (\w+)( .+)?", low):
        base = english.base_of_past(done[2])
        if base is not None and base != "be":
            return english.title_case(f"why did {done[1]} {base}{done[3] or ''}?")
    if low.startswith("the ") and not _says_what_happens(low):
        head = re.split(
            r" (?:of|in|on|at|from|that|who|with|behind|without|by|to|which|before|after|below"
            r"|under|inside|they|he|she|it|you)\b",
            low,
        )[0]
        if english.singular(head.split(" ")[-1]) in _TIMES:
            return f"What Happened in {_without_capital(title)}?"
        if english.is_plural(head):
            return f"What Are {_without_capital(title)}?"
        who = "Who" if lexicon().role(head) else "What"
        return f"{who} Is {_without_capital(title)}?"
    hero = next((member.name for member in story.cast if member.name[:1].isupper()), "")
    if hero and low.startswith(hero.lower() + " and "):
        return f"What Happened to {title}?"
    return f"What Happened to {hero}?" if hero else ""


_TIMES = frozenset(
    ["spring", "summer", "autumn", "winter", "year", "month", "week", "hour", "minute"]
)


def _says_what_happens(low: str) -> bool:
    """Whether a title is a sentence: ``the court will wait``, ``the sun came up by itself``."""
    words = re.split(r" (?:that|who|which|they|he|she|it|you)\b", low)[0].split()[2:]
    modal = any(word in ("will", "would", "can", "could", "must", "is", "was") for word in words)
    return modal or any(english.is_past(word) and not word.endswith("ed") for word in words)


def _without_capital(title: str) -> str:
    return title[:1].lower() + title[1:]


def _promise(story: Story) -> str:
    """What the story is about, as its logline says it: the whole, else its first main clauses."""
    promised = story.logline.strip()
    for border in (None, r"(?<=[.!?。]) ", r",? and then |; |: |, (?=(?:and|but|or|so)\b)"):
        part = re.split(border, promised)[0] if border else promised
        part = part.strip().rstrip(".。")
        whole = " " not in part or count_words(part) >= 5
        if (
            whole
            and len(part) <= _TITLE_CHARACTERS
            and not (part != promised.rstrip(".。") and _SUBORDINATE.match(part))
        ):
            return part
    return ""


def _hook(story: Story) -> str:
    """The story's first sentence or two: what the viewer hears first."""
    first = sentences(story.scenes[0].text)
    hook = first[0]
    if len(hook) < 40 and len(first) > 1:
        hook = f"{hook} {first[1]}"
    return hook


def _description(
    brief: Brief,
    story: Story,
    platform: Platform,
    hook: str,
    tags: tuple[str, ...],
    chapters: tuple[tuple[float, str], ...],
) -> str:
    limits = LIMITS[platform]
    disclosure, from_channel = _WORDS.get(language_of(story.locale), _WORDS["en"])
    hashtags = " ".join(f"#{tag}" for tag in tags)
    logline = "" if story.logline.startswith(hook[:40]) else story.logline
    parts = [hook, logline]
    if platform in (Platform.SANDBOX, Platform.YOUTUBE, Platform.FACEBOOK):
        parts.append(f"{from_channel} {brief.config.title}.{_episode(brief, story)}")
    if chapters:
        parts.append("\n".join(f"{_clock(start)} {name}" for start, name in chapters))
    tail = [disclosure, hashtags]
    fixed = "\n\n".join(part for part in [*parts[2:], *tail] if part)
    room = limits.caption - _size(_clean(fixed, limits), limits) - 8
    opening = _clean("\n\n".join(part for part in parts[:2] if part), limits)
    while opening and _size(opening, limits) > room:
        opening = opening[: max(0, len(opening) - 50)].rsplit(" ", 1)[0].rstrip() + "…"
        if len(opening) < 20:
            opening = ""
    return "\n\n".join(part for part in (opening, _clean(fixed, limits)) if part)


def _episode(brief: Brief, story: Story) -> str:
    """Which episode of which series it is, in English."""
    series = next((one for one in brief.config.series if one.name == brief.series), None)
    if series is None or brief.episode is None or language_of(story.locale) != "en":
        return ""
    return f" {series.title}, episode {brief.episode}."


def _hashtags(brief: Brief, story: Story, platform: Platform, duration_s: float) -> tuple[str, ...]:
    """The channel's own first, then what the story is about, its genre, the platform's niche."""
    about = []
    if language_of(story.locale) == "en":
        words = lexicon()
        for member in story.cast:
            about.append(member.noun)
        place = words.place(story.scenes[0].place)
        if place is not None:
            about.append(place.noun)
    niche = [
        tag for tag in _PLATFORM_TAGS[platform] if tag != "Shorts" or duration_s <= _SHORTS_LIMIT_S
    ]
    wanted = [
        *brief.config.hashtags,
        *(_hashtag(noun) for noun in about[:3]),
        *random.Random(f"hashtags|{story.story_id}").sample(
            _GENRE_TAGS[brief.genre], _TAGS_OF_GENRE
        ),
        "StoryTime",
        *niche,
    ]
    unique: dict[str, str] = {}
    for tag in wanted:
        if len(tag) > 1:
            unique.setdefault(tag.lower(), tag)
    return tuple(unique.values())[: LIMITS[platform].hashtags]


def _hashtag(phrase: str) -> str:
    return "".join(english.capital(word) for word in re.findall(r"\w+", phrase.replace("’", "")))


def _chapters(
    story: Story, starts: Sequence[float], duration_s: float, limits: PlatformLimits
) -> tuple[tuple[float, str], ...]:
    """Scenes grouped into chapters as long as the platform asks; none when fewer than three fit."""
    shortest = limits.shortest_chapter_s
    if shortest is None or len(starts) != len(story.scenes):
        return ()
    length = max(shortest, duration_s / 6)
    groups: list[tuple[float, str]] = []
    for scene, start in zip(story.scenes, starts, strict=True):
        whole = round(start)
        first = not groups
        far = not first and whole - groups[-1][0] >= length and duration_s - whole >= shortest
        if (
            first
            or (far and scene.beat is not Beat.ENDING)
            or (far and duration_s - whole > length / 2)
        ):
            groups.append((0.0 if first else float(whole), _chapter_name(scene.text)))
    return tuple(groups) if len(groups) >= MIN_CHAPTERS else ()


def _chapter_name(text: str) -> str:
    """The first clause of a scene, at most forty characters."""
    first = re.sub(r"^\(?\d{1,3}[.)]\s+", "", sentences(text)[0]).strip('“”"‘’ ')
    clause = re.split(r"(?<=\w)[,;:.!?—–。，、！？”]", first)[0].strip()
    return _shorten(english.capital(clause), 40)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _shorten(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:") + "…"


def _clean(text: str, limits: PlatformLimits) -> str:
    for mark, instead in (("<", "‹"), (">", "›")):
        if mark in limits.forbidden:
            text = text.replace(mark, instead)
    return text


def _size(text: str, limits: PlatformLimits) -> int:
    if limits.unit == "bytes":
        return len(text.encode())
    if limits.unit == "utf-16":
        return len(text.encode("utf-16-le")) // 2
    return len(text)
