"""A process that advances stories' uploads and, if told to, is killed at a chosen point.

    python -m content_platform_tests.publishing.worker URL SHOP NOW POINT STORY...

POINT is ``never``, ``commit:N`` (just before the N-th commit) or ``CALL:kill`` and
``CALL:kill-after`` (before the platform gets the call, or its answer gets back).
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, event

from content_platform.publishing.uploads import Uploads
from content_platform.storage.database import Database
from content_platform.vocabulary import Platform
from content_platform_tests.publishing.shop import Shop, Trouble


def main() -> None:
    url, shop_file, now, point, *names = sys.argv[1:]
    moment = datetime.fromisoformat(now)
    call, _, trouble = point.partition(":")
    shop = Shop(Path(shop_file), lambda: moment, processing_s=30)
    database = Database(url)
    uploads = Uploads(database, {Platform.SANDBOX: shop}, clock=lambda: moment)
    if call == "commit":
        left = [int(trouble)]

        @event.listens_for(database.engine, "commit")
        def count(_connection: Connection) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    elif call != "never":
        shop.trouble = lambda name: Trouble(trouble) if name == call else None
    print("ready", flush=True)
    sys.stdin.readline()
    for name in names:
        uploads.plan(name)
        uploads.advance(name)
    database.close()


if __name__ == "__main__":
    main()
