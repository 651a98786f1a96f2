"""sora2lib: a sentence becomes a clip with picture and sound.

>>> import sora2lib as sora
>>> clip = sora.generate("a red rubber ball bounces on ice at sunset", seed=7)  # doctest: +SKIP
>>> clip.save("ball.mp4")                                                       # doctest: +SKIP

Names load what they need when first used; importing the package loads the standard library only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sora2lib.attending import activations
    from sora2lib.cameo import Cameo
    from sora2lib.camera import Camera, Pose
    from sora2lib.clip import Clip, load
    from sora2lib.consent import Consent
    from sora2lib.cutting import blend, speed, stitch
    from sora2lib.dubbing import dub, stems
    from sora2lib.editing import extend, remix
    from sora2lib.errors import (
        CameoError,
        ConsentError,
        InspectError,
        MediaError,
        ModelError,
        RequestError,
        Sora2Error,
        Stopped,
        WorldError,
    )
    from sora2lib.film import draw, refilm, simulate
    from sora2lib.fitting.fit import Fit, fit
    from sora2lib.levels import Levels
    from sora2lib.listening import listen
    from sora2lib.looping import loop
    from sora2lib.physics.compare import Comparison, compare
    from sora2lib.physics.inspector import inspect
    from sora2lib.physics.report import Report
    from sora2lib.pipeline import generate, steps
    from sora2lib.planner import Step
    from sora2lib.request import Request
    from sora2lib.retaking import retake
    from sora2lib.sound import Stems
    from sora2lib.sound.saying import use_voice
    from sora2lib.soundtrack import Soundtrack
    from sora2lib.start import Seen, Start
    from sora2lib.storyboard import Card, Storyboard
    from sora2lib.sweeping import sweep
    from sora2lib.world.difference import Difference, diff
    from sora2lib.world.schema import World

__version__ = "0.1.0"
__all__ = [
    "Cameo",
    "CameoError",
    "Camera",
    "Card",
    "Clip",
    "Comparison",
    "Consent",
    "ConsentError",
    "Difference",
    "Fit",
    "InspectError",
    "Levels",
    "MediaError",
    "ModelError",
    "Pose",
    "Report",
    "Request",
    "RequestError",
    "Seen",
    "Sora2Error",
    "Soundtrack",
    "Start",
    "Stems",
    "Step",
    "Stopped",
    "Storyboard",
    "World",
    "WorldError",
    "activations",
    "blend",
    "compare",
    "diff",
    "draw",
    "dub",
    "extend",
    "fit",
    "generate",
    "inspect",
    "listen",
    "load",
    "loop",
    "refilm",
    "remix",
    "retake",
    "simulate",
    "speed",
    "stems",
    "steps",
    "stitch",
    "sweep",
    "use_voice",
]

_HOMES = {
    "attending": ("activations",),
    "cameo": ("Cameo",),
    "camera": ("Camera", "Pose"),
    "clip": ("Clip", "load"),
    "cutting": ("blend", "speed", "stitch"),
    "dubbing": ("dub", "stems"),
    "editing": ("extend", "remix"),
    "consent": ("Consent",),
    "errors": (
        *("CameoError", "ConsentError", "InspectError", "MediaError", "ModelError", "RequestError", "Sora2Error"),
        *("Stopped", "WorldError"),
    ),
    "film": ("draw", "refilm", "simulate"),
    "listening": ("listen",),
    "fitting.fit": ("Fit", "fit"),
    "looping": ("loop",),
    "planner": ("Step",),
    "physics.compare": ("Comparison", "compare"),
    "physics.inspector": ("inspect",),
    "physics.report": ("Report",),
    "pipeline": ("generate", "steps"),
    "levels": ("Levels",),
    "request": ("Request",),
    "retaking": ("retake",),
    "sound": ("Stems",),
    "sound.saying": ("use_voice",),
    "soundtrack": ("Soundtrack",),
    "start": ("Seen", "Start"),
    "storyboard": ("Card", "Storyboard"),
    "sweeping": ("sweep",),
    "world.difference": ("Difference", "diff"),
    "world.schema": ("World",),
}
_HOME = {name: f"sora2lib.{module}" for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sora2lib' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
