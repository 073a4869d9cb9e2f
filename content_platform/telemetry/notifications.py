"""Telling people: one short message to wherever they asked for (e-mail, Slack, a webhook …).

Where is a list of Apprise URLs (https://github.com/caronc/apprise/wiki) in CONTENT_NOTIFY_URLS. The
URLs hold credentials, so they are never logged or shown.
"""

from __future__ import annotations

import logging
from typing import Literal

from content_platform.security.redaction import redact_text
from content_platform.settings import Settings

Level = Literal["info", "success", "warning", "failure"]

_log = logging.getLogger(__name__)
_BODY_CHARS = 3_000


def notify(settings: Settings, title: str, body: str, *, level: Level = "info") -> bool:
    """Send to every configured place; True when all took it, also when none is configured.

    Never raises: a message that cannot be sent is logged, and what it is about goes on.
    """
    text = redact_text(body)[:_BODY_CHARS]
    _log.log(
        logging.WARNING if level in {"warning", "failure"} else logging.INFO, "%s: %s", title, text
    )
    if not settings.notify_urls:
        return True
    import apprise  # 0.3 s, and most processes never send anything

    places = apprise.Apprise()
    unreadable = [url for url in settings.notify_urls if not places.add(url.get_secret_value())]
    if unreadable:
        _log.warning("%d of CONTENT_NOTIFY_URLS are no Apprise URLs", len(unreadable))
    sent = bool(places.notify(title=title, body=text, notify_type=apprise.NotifyType(level)))
    if not sent:
        _log.warning("not every place in CONTENT_NOTIFY_URLS took the message %r", title)
    return sent and not unreadable
