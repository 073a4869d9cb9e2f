"""Plain tools for media files: run ffmpeg, look into a file, read, measure and compress sound.

Nothing here knows stories, channels or the media store; every room may use it.
"""
