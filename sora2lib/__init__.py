"""sora2lib: a sentence becomes a clip with picture and sound.

>>> import sora2lib as sora
>>> clip = sora.generate("a red rubber ball bounces on ice at sunset", seed=7)  # doctest: +SKIP
>>> clip.save("ball.mp4")                                                       # doctest: +SKIP

Names load what they need when first used; importing the package loads the standard library only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sora2lib.camera import Camera, Pose
    from sora2lib.clip import Clip, load
    from sora2lib.cutting import blend, speed, stitch
    from sora2lib.editing import extend, remix
    from sora2lib.errors import InspectError, MediaError, ModelError, RequestError, Sora2Error, Stopped, WorldError
    from sora2lib.film import draw, refilm, simulate
    from sora2lib.looping import loop
    from sora2lib.physics.compare import Comparison, compare
    from sora2lib.physics.inspector import inspect
    from sora2lib.physics.report import Report
    from sora2lib.pipeline import generate, steps
    from sora2lib.planner import Step
    from sora2lib.request import Request
    from sora2lib.retaking import retake
    from sora2lib.storyboard import Card, Storyboard
    from sora2lib.sweeping import sweep
    from sora2lib.world.schema import World

__version__ = "0.1.0"
__all__ = [
    "Camera",
    "Card",
    "Clip",
    "Comparison",
    "InspectError",
    "MediaError",
    "ModelError",
    "Pose",
    "Report",
    "Request",
    "RequestError",
    "Sora2Error",
    "Step",
    "Stopped",
    "Storyboard",
    "World",
    "WorldError",
    "blend",
    "compare",
    "draw",
    "extend",
    "generate",
    "inspect",
    "load",
    "loop",
    "refilm",
    "remix",
    "retake",
    "simulate",
    "speed",
    "steps",
    "stitch",
    "sweep",
]

_HOMES = {
    "camera": ("Camera", "Pose"),
    "clip": ("Clip", "load"),
    "cutting": ("blend", "speed", "stitch"),
    "editing": ("extend", "remix"),
    "errors": ("InspectError", "MediaError", "ModelError", "RequestError", "Sora2Error", "Stopped", "WorldError"),
    "film": ("draw", "refilm", "simulate"),
    "looping": ("loop",),
    "planner": ("Step",),
    "physics.compare": ("Comparison", "compare"),
    "physics.inspector": ("inspect",),
    "physics.report": ("Report",),
    "pipeline": ("generate", "steps"),
    "request": ("Request",),
    "retaking": ("retake",),
    "storyboard": ("Card", "Storyboard"),
    "sweeping": ("sweep",),
    "world.schema": ("World",),
}
_HOME = {name: f"sora2lib.{module}" for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sora2lib' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
