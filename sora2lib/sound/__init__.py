"""From a world to stereo sound."""

from sora2lib.levels import Levels
from sora2lib.sound.mix import Stems
from sora2lib.sound.synthesis import stems, synthesise

__all__ = ["Levels", "Stems", "stems", "synthesise"]
