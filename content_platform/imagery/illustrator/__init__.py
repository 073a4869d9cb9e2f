"""The embedded illustrator: paints a scene from its description, without any model or network.

``draw`` is the whole surface. Inside, words become drawing vocabulary (``lexicon``), cast members
get a look (``look``), the ``director`` sets a ``stage`` for each picture shape (``places``,
``people``, ``animals``, ``objects``, ``light``, ``sky``), and a ``painter`` turns it into pixels.
The same request always gives the same bytes.
"""

from content_platform.imagery.illustrator.director import Picture, describe, draw

__all__ = ["Picture", "describe", "draw"]
