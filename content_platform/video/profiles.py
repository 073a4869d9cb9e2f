"""Encoding profiles: what platforms take, as data, and the one profile that suits several at once.

Only limits that a renderer must respect; length, title and cover rules are publishing's.
"""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.steering.models import EncodingConfig
from content_platform.video.models import EncodingProfile
from content_platform.vocabulary import Platform

PROFILES = {
    # Rates are the largest of any second, not averages. All platforms encode again what they
    # are given: more than this would only be slower to send.
    Platform.SANDBOX: EncodingProfile(name="sandbox"),
    Platform.YOUTUBE: EncodingProfile(name="youtube", max_kbps=20_000),
    Platform.TIKTOK: EncodingProfile(name="tiktok", max_kbps=16_000),
    # Instagram takes at most 25 Mbit/s and 300 MB; that sound may be refused above 128 kbit/s is
    # told but not confirmed, and easily kept. No platform states how far key frames may be apart:
    # five seconds here, six elsewhere, are our choice.
    Platform.INSTAGRAM: EncodingProfile(
        name="instagram", keyframe_frames=150, max_kbps=16_000, audio_kbps=128
    ),
    Platform.FACEBOOK: EncodingProfile(
        name="facebook", keyframe_frames=150, max_kbps=16_000, audio_kbps=128
    ),
}


def profile_for(platforms: Sequence[Platform], config: EncodingConfig) -> EncodingProfile:
    """The profile whose files all ``platforms`` take: the strictest of each limit."""
    wanted = [PROFILES[platform] for platform in dict.fromkeys(platforms)] or [EncodingProfile()]
    return EncodingProfile(
        name="+".join(profile.name for profile in wanted),
        quality=config.quality,
        hardware=config.hardware,
        keyframe_frames=min(profile.keyframe_frames for profile in wanted),
        max_kbps=min(profile.max_kbps for profile in wanted),
        audio_kbps=min(profile.audio_kbps for profile in wanted),
        audio_hz=min(profile.audio_hz for profile in wanted),
    )
