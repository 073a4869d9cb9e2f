"""Fonts and the drawing of text: what captions, thumbnails and closing cards share.

Text is set with the fonts that come with the platform, never with the system's, so that every
machine draws the same. Nothing here knows of stories or videos.
"""
