"""The simulated audience: how many people a video is shown to, who clicks, and how long they stay.

Nobody outside ``publishing.sandbox`` may import this: what the platform learns, it has to learn
from reported numbers. Nothing is stored; every answer is drawn from (seed, video, day), so any day
may be asked in any order and always gives the same answer.

The response model
------------------
**Tastes** are drawn once per (seed, account), away from the middle of the road: a channel that
never listens leaves something on the table. Ideal length D* (32–40 s or 58–84 s), pace p* (7–14 %
above or below the usual), pause q* (0.20–0.28 or 0.70–0.88 s), music m* (−23…−20 or −12…−10 dB),
a favourite look, an order of the three title styles, the best hour (17–21 UTC), small likings
for genres (sd 4 %) and themes (sd 8 %).

**Staying.** Seconds watched come from the share still there t seconds into a video of length D::

    S(t) = (1 − h·(1 − e^(−t/1.5))) · e^(−λt) · 0.99^(scene borders before t) · (0.93 at the end)
    h = 0.28·e^(−0.8·(hook − 0.5))                 people who leave in the first seconds
    λ = 1.3/D* · (D/D*)^0.75 · e^F                 the restless rest
    F =  0.14·((speed − p*)/0.11)²                 a wrong pace tires            (−7 % at 0.11)
       + 0.14·(ln(pause/q*)/0.6)²                  gaps, or no time to breathe   (−9 % at twice)
       + 0.12·((music − m*)/6)², ×1.4 when louder  music that covers the voice   (−6…−8 % at 6 dB)
       + 0.08 unless the look is the favourite                                   (−4 %)
       + 0.30·ln(D/D*)²                            far from the ideal length     (−27 % at half)
       + N(0, 0.18)                                how good this story is

Percentages are seconds watched per view. With the exponent 0.75 the seconds watched are at their
most near D*: longer videos hold more, but restless viewers see the progress bar crawl. Squares are
capped at 4.

**Clicking**, the share of impressions that become views::

    c = c₀ · title · look · thumbnail · theme · genre · series · novelty · story · age
    title      1, 0.945, 0.89 by the order of the title styles
    look       0.96 unless the favourite (the thumbnail shows it)
    thumbnail  e^(0.3·(contrast − 0.5)), contrast as measured in the picture
    series     1.03 for an episode: followers come back
    novelty    0.92^(theme repeats ≤ 3) · 0.95^(kernel repeats ≤ 3) in the last ten stories
    story      e^N(0, 0.16)
    age        0.85 + 0.15·2^(−age/4 days): fans come first, strangers later

**Impressions** of a video over its life::

    R = size · 1.006^(videos before it, ≤ 200) · luck e^N(0, 0.25)
        · (seconds watched per impression / the usual)^0.4         platforms push what works

three quarters with a half-life of 1.2 days (× 0.85…1.15 by the hour of publishing), one quarter
with 12 days. Each day × weekday (Sat, Sun 1.12, Mon, Tue 0.94) and e^N(0, 0.08).

**Counts** are Poisson (impressions), binomial (views, likes, comments, shares, subscribers) and
multinomial (where the views end, hence seconds and retention). **Revenue** is 0.22 USD per hour
watched · advertiser weekday (Mon–Thu 1.06, Sat, Sun 0.9) · season (Nov, Dec 1.3, Jan 0.75)
· 0.4 for kids' videos · e^N(0, 0.05). The figures are of the usual order for short videos, chosen
so that a config tuned to its channel earns about half as much again per impression as the default.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from content_platform.publishing.sandbox.models import Shown
from content_platform.vocabulary import ArtStyle

Floats = npt.NDArray[np.float64]

POINTS = 21
"""Points of a retention curve: 0 %, 5 %, … 100 %."""

_TITLE_STYLES = ("plain", "question", "promise")
_TITLE_FACTORS = (1.0, 0.945, 0.89)
_CLICK_RATE = 0.055
_SIZE = 5000.0
"""Impressions of a usual video of a new account."""
_RESTLESSNESS = 1.3
_LENGTH_EXPONENT = 0.75
_USUAL_STAY = 0.30
"""Share of a video the usual viewer sees; only scales what counts as working well."""
_BURST = 0.75
_HALF_LIVES_DAYS = (1.2, 12.0)
_BRISK_HALF_LIVES_DAYS = (20 / 1440, 0.25)
_WEEKDAY_REACH = (0.94, 0.94, 0.98, 0.98, 1.02, 1.12, 1.12)
_WEEKDAY_ADS = (1.06, 1.06, 1.06, 1.06, 1.0, 0.9, 0.9)
_SEASON_ADS = (0.75, 0.88, 0.96, 1.0, 1.0, 1.02, 0.98, 0.98, 1.02, 1.08, 1.3, 1.3)
_USD_PER_HOUR = 0.22
_SCENE_S = 9.0


@dataclass(frozen=True)
class Taste:
    """What one account's audience likes; hidden from everybody else."""

    ideal_s: float
    speed: float
    pause_s: float
    music_db: float
    look: str
    title_styles: tuple[str, ...]
    """Best first."""
    best_hour: float
    click_rate: float
    size: float


@dataclass(frozen=True)
class Appeal:
    """A video's pull: chance of a click, where viewers leave, impressions over its life."""

    click_rate: float
    curve: Floats
    """Share still watching at 0 %, 5 %, … 100 %."""
    average_view_s: float
    reach: float


@dataclass(frozen=True)
class DayCounts:
    """What happened to a video on one UTC day, or until some moment of it."""

    impressions: int
    views: int
    watch_seconds: float
    likes: int
    comments: int
    shares: int
    subscribers: int
    revenue_usd: float
    retention: tuple[float, ...] | None
    """Of this day's viewers; None without any."""


class Audience:
    """The people of the sandbox. Free of state: same seed, same people."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.taste = lru_cache(maxsize=512)(self._taste)
        self.appeal = lru_cache(maxsize=8192)(self._appeal)

    def day(self, shown: Shown, day: date, until: datetime) -> DayCounts | None:
        """What happened on ``day`` before ``until``; None for a day the video was not public on.

        A later ``until`` never takes anything away.
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        ends = midnight + timedelta(days=1)
        stops = min(ends, until, shown.withdrawn_at or ends)
        starts = max(midnight, shown.public_at)
        if starts >= stops:
            return None
        appeal = self.appeal(shown)
        begins_age, ends_age = _age_days(shown, starts), _age_days(shown, ends)
        expected = self._arrivals(shown, begins_age, ends_age)
        draw = _generator(self.seed, "day", shown.video_id, day.isoformat())
        weekday = day.weekday()
        impressions = int(
            draw.poisson(
                appeal.reach
                * expected
                * _WEEKDAY_REACH[weekday]
                * math.exp(0.08 * draw.standard_normal())
            )
        )
        click_rate = appeal.click_rate * (0.85 + 0.15 * 2 ** (-begins_age / 4))
        views = int(draw.binomial(impressions, min(click_rate, 0.5)))
        likes, comments, shares, gained, lost, watched, retention = 0, 0, 0, 0, 0, 0.0, None
        if views:
            leaving = draw.multinomial(views, _leaving(appeal.curve))
            watched = float(leaving @ _STAYED) * shown.duration_s
            retention = 1 - np.concatenate(([0], np.cumsum(leaving[:-1]))) / views
            stay = watched / (views * shown.duration_s)
            likes = int(draw.binomial(views, min(0.5, 0.045 * stay / _USUAL_STAY)))
            comments = 0 if shown.made_for_kids else int(draw.binomial(views, 0.004))
            shares = int(draw.binomial(views, min(0.5, 0.006 * stay / _USUAL_STAY)))
            gained = int(draw.binomial(views, min(0.5, 0.005 * stay / _USUAL_STAY)))
            lost = int(draw.binomial(views, 0.0008))
        revenue = (
            watched / 3600 * _USD_PER_HOUR * _WEEKDAY_ADS[weekday] * _SEASON_ADS[day.month - 1]
            * (0.4 if shown.made_for_kids else 1.0) * math.exp(0.05 * draw.standard_normal())
        )  # fmt: skip
        share = 1.0
        if stops < ends:
            so_far = self._arrivals(shown, begins_age, _age_days(shown, stops))
            share = so_far / expected if expected > 0 else 1.0
        seen = int(views * share)
        return DayCounts(
            impressions=int(impressions * share),
            views=seen,
            watch_seconds=watched * seen / views if views else 0.0,
            likes=int(likes * share),
            comments=int(comments * share),
            shares=int(shares * share),
            subscribers=int(gained * share) - int(lost * share),
            revenue_usd=revenue * seen / views if views else 0.0,
            retention=None if not seen or retention is None else tuple(retention.tolist()),
        )

    def _arrivals(self, shown: Shown, start_days: float, end_days: float) -> float:
        """The share of a video's impressions between two ages; a little over 1 at the best hour."""
        half_lives = _BRISK_HALF_LIVES_DAYS if shown.brisk else _HALF_LIVES_DAYS
        burst, tail = (2 ** (-start_days / h) - 2 ** (-end_days / h) for h in half_lives)
        apart = 2 * math.pi * (_hour(shown.public_at) - self.taste(shown.account).best_hour) / 24
        return _BURST * burst * (1 + 0.15 * math.cos(apart)) + (1 - _BURST) * tail

    def _taste(self, account: str) -> Taste:
        draw = _generator(self.seed, "taste", account)

        def either(low: tuple[float, float], high: tuple[float, float], low_share: float) -> float:
            return float(draw.uniform(*(low if draw.random() < low_share else high)))

        return Taste(
            ideal_s=either((32, 40), (58, 84), 0.3),
            speed=either((0.86, 0.93), (1.07, 1.14), 0.5),
            pause_s=either((0.20, 0.28), (0.70, 0.88), 0.5),
            music_db=either((-23, -20), (-12, -10), 0.6),
            look=list(ArtStyle)[int(draw.integers(len(ArtStyle)))].value,
            title_styles=tuple(_TITLE_STYLES[i] for i in draw.permutation(len(_TITLE_STYLES))),
            best_hour=float(draw.uniform(17, 21)),
            click_rate=_CLICK_RATE * math.exp(0.12 * draw.standard_normal()),
            size=_SIZE * math.exp(0.3 * draw.standard_normal()),
        )

    def _appeal(self, shown: Shown) -> Appeal:
        taste = self.taste(shown.account)
        traits = shown.traits
        draw = _generator(self.seed, "story", shown.video_id)
        click_luck, stay_luck, reach_luck = draw.standard_normal(3)
        favourite = not traits.look or traits.look == taste.look

        friction = (
            0.14 * _square((traits.speed - taste.speed) / 0.11)
            + 0.14 * _square(math.log(max(traits.pause_s, 0.02) / taste.pause_s) / 0.6)
            + 0.12 * _square((traits.music_db - taste.music_db) / 6)
            * (1.4 if traits.music_db > taste.music_db else 1.0)
            + (0.0 if favourite else 0.08)
            + 0.30 * _square(math.log(shown.duration_s / taste.ideal_s))
            + 0.18 * stay_luck
        )  # fmt: skip
        leave_rate = (
            _RESTLESSNESS
            / taste.ideal_s
            * (shown.duration_s / taste.ideal_s) ** _LENGTH_EXPONENT
            * math.exp(friction)
        )
        curve = _curve(shown, leave_rate)
        average_view_s = float(_leaving(curve) @ _STAYED) * shown.duration_s

        contrast = 0.5 if shown.thumbnail_contrast is None else shown.thumbnail_contrast
        click_rate = (
            taste.click_rate
            * _TITLE_FACTORS[_rank(traits.title_style, taste.title_styles)]
            * (1.0 if favourite else 0.96)
            * math.exp(0.3 * (contrast - 0.5))
            * math.exp(0.08 * self._liking(shown.account, "theme", traits.theme))
            * math.exp(0.04 * self._liking(shown.account, "genre", traits.genre))
            * (1.03 if traits.series else 1.0)
            * 0.92 ** min(shown.theme_repeats, 3)
            * 0.95 ** min(shown.kernel_repeats, 3)
            * math.exp(0.16 * click_luck)
        )
        works = (click_rate * average_view_s) / (taste.click_rate * _USUAL_STAY * taste.ideal_s)
        return Appeal(
            click_rate=click_rate,
            curve=curve,
            average_view_s=average_view_s,
            reach=taste.size
            * 1.006 ** min(shown.number - 1, 200)
            * math.exp(0.25 * reach_luck)
            * works**0.4,
        )

    def _liking(self, account: str, kind: str, value: str) -> float:
        """How much the account's audience likes a theme or genre: standard normal."""
        if not value:
            return 0.0
        return float(_generator(self.seed, kind, account, value.casefold()).standard_normal())


def _generator(seed: int, *names: str) -> np.random.Generator:
    digest = hashlib.blake2b("\x1f".join((str(seed), *names)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))


def _curve(shown: Shown, leave_rate: float) -> Floats:
    times = np.linspace(0.0, shown.duration_s, POINTS)
    traits = shown.traits
    borders = np.array(
        [start for start in traits.scene_starts_s if start > 0]
        or np.arange(_SCENE_S, shown.duration_s, _SCENE_S)
    )
    hook_loss = 0.28 * math.exp(-0.8 * (traits.hook - 0.5))
    curve = (
        (1 - hook_loss * (1 - np.exp(-times / 1.5)))
        * np.exp(-leave_rate * times)
        * 0.99 ** np.searchsorted(np.sort(borders), times, side="left")
    )
    curve[-1] *= 0.93
    return np.asarray(curve, dtype=np.float64)


_STAYED: Floats = np.append((np.arange(POINTS - 1) + 0.5) / (POINTS - 1), 1.0)
"""The share of the video seen by who leaves in each of the 20 spans, and by who sees it all."""


def _leaving(curve: Floats) -> Floats:
    """The share of viewers who leave in each of the 20 spans, and who stay to the end."""
    return np.append(curve[:-1] - curve[1:], curve[-1])


def _square(distance: float) -> float:
    return min(distance * distance, 4.0)


def _rank(style: str, order: tuple[str, ...]) -> int:
    return order.index(style) if style in order else len(order) - 1


def _hour(moment: datetime) -> float:
    return moment.hour + moment.minute / 60


def _age_days(shown: Shown, moment: datetime) -> float:
    return (moment - shown.public_at).total_seconds() / 86400
