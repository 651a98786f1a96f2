"""What is seen in notebooks and on web pages: a player, and a studio in which a clip is asked for.

>>> from sora2lib.widgets import Player     # doctest: +SKIP
>>> Player.of(sora.load("ball.mp4"))        # doctest: +SKIP

Names load what they need when first used: the player anywidget, the studio Panel. Both come with
``pip install "sora2lib[studio]"``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sora2lib.widgets.attention_desk import AttentionDesk
    from sora2lib.widgets.board import BoardPane
    from sora2lib.widgets.cameo_desk import CameoDesk
    from sora2lib.widgets.camera_desk import CameraDesk
    from sora2lib.widgets.cast import Cast
    from sora2lib.widgets.collection import Collection
    from sora2lib.widgets.draft import Draft
    from sora2lib.widgets.experiment import Experiment
    from sora2lib.widgets.exploration import Exploration
    from sora2lib.widgets.explorer import Explorer
    from sora2lib.widgets.file_pane import FilePane
    from sora2lib.widgets.gallery import Gallery
    from sora2lib.widgets.insight import Insight
    from sora2lib.widgets.laboratory import Laboratory
    from sora2lib.widgets.pane import PlayerPane
    from sora2lib.widgets.player import Player
    from sora2lib.widgets.recorder import RecorderPane
    from sora2lib.widgets.reel import Reel
    from sora2lib.widgets.remix_bench import RemixBench
    from sora2lib.widgets.revision import Revision
    from sora2lib.widgets.session import Session
    from sora2lib.widgets.shoot import Shoot
    from sora2lib.widgets.storyboard_desk import StoryboardDesk
    from sora2lib.widgets.studio import Studio

__all__ = [
    "AttentionDesk",
    "BoardPane",
    "CameoDesk",
    "CameraDesk",
    "Cast",
    "Collection",
    "Draft",
    "Experiment",
    "Exploration",
    "Explorer",
    "FilePane",
    "Gallery",
    "Insight",
    "Laboratory",
    "Player",
    "PlayerPane",
    "RecorderPane",
    "Reel",
    "RemixBench",
    "Revision",
    "Session",
    "Shoot",
    "StoryboardDesk",
    "Studio",
]

_HOME = {
    "AttentionDesk": "attention_desk",
    "BoardPane": "board",
    "CameoDesk": "cameo_desk",
    "CameraDesk": "camera_desk",
    "Cast": "cast",
    "Collection": "collection",
    "Draft": "draft",
    "Experiment": "experiment",
    "Exploration": "exploration",
    "Explorer": "explorer",
    "FilePane": "file_pane",
    "Gallery": "gallery",
    "Insight": "insight",
    "Laboratory": "laboratory",
    "Player": "player",
    "PlayerPane": "pane",
    "RecorderPane": "recorder",
    "Reel": "reel",
    "RemixBench": "remix_bench",
    "Revision": "revision",
    "Session": "session",
    "Shoot": "shoot",
    "StoryboardDesk": "storyboard_desk",
    "Studio": "studio",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sora2lib.widgets' has no attribute {name!r}")
    return getattr(import_module(f"sora2lib.widgets.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
