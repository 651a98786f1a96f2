"""From a world to stereo sound."""

from sora2lib.sound.synthesis import synthesise

__all__ = ["synthesise"]
