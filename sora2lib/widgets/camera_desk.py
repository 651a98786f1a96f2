"""A camera to place by hand, as a part of a Panel page: the world from above and aside, and what the camera sees."""

import html
from functools import partial
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
import param
from holoviews import streams

from sora2lib.widgets.pane import PlayerPane
from sora2lib.widgets.parts import ACCENT, LEFT, WIDE, beside, progress, shown
from sora2lib.widgets.shoot import LOWEST, MOVES, SIDES, Shoot

RIGHT = {"flex": "3 1 560px", "min-width": "min(560px, 100%)", "max-width": "1000px"}
LOOKED_AT = "#1c7ed6"
GREY = "#888888"  # reads on light and dark alike
VIEWS = {"from above": (0, 1), "from the front": (0, 2)}  # axes to the right and up
NAMES = "xyz"


class CameraDesk(pn.viewable.Viewer):
    """Drag camera and target, see at once what it sees, film the clip again, take the code along.

    >>> CameraDesk(Shoot(clip=sora.simulate("drop", seed=30))).servable()  # doctest: +SKIP
    """

    shoot = param.ClassSelector(class_=Shoot, doc="The clip, the camera, and what it sees.")

    def __init__(self, shoot: Shoot, **values: Any) -> None:
        super().__init__(shoot=shoot, **values)  # type: ignore[no-untyped-call]
        if "bokeh" not in hv.Store.loaded_backends():
            hv.extension("bokeh")
        self._page = beside(_settings(shoot), _pictures(shoot))

    def __panel__(self) -> Any:
        return self._page


def _settings(shoot: Shoot) -> Any:
    asked = shoot.param
    film = pn.widgets.Button(label="Film it", color="primary", height=32, disabled=asked.running)
    film.on_click(lambda _: shoot.start())
    cancel = pn.widgets.Button(label="Cancel", height=32, disabled=asked.running.rx.not_())
    cancel.on_click(lambda _: shoot.cancel())
    sides = [_button(name, lambda name=name: shoot.stand(name)) for name in SIDES]
    moves = [_button(name, lambda words=words: shoot.param.update(moves=words)) for name, words in MOVES.items()]
    sliders = [_coordinate(shoot, name, axis) for name in ("eye", "target") for axis in range(3)]
    wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
    last = shoot.clip.seconds if shoot.clip else 1.0
    return pn.Column(
        pn.pane.HTML("<b>Stand</b>", **WIDE),
        pn.FlexBox(*sides, gap="4px", margin=(0, 5)),
        *sliders,
        pn.widgets.FloatSlider.from_param(asked.fov, label="Field of view, degrees", start=10, end=100, step=1, **wide),
        pn.pane.HTML("<b>Move</b>", **WIDE),
        pn.FlexBox(*moves, gap="4px", margin=(0, 5)),
        pn.widgets.TextInput.from_param(asked.moves, label="In words", **wide),
        pn.widgets.FloatSlider.from_param(asked.time, label="Moment, seconds", start=0, end=last, step=0.05, **wide),
        pn.Row(film, cancel),
        styles=LEFT,
    )


def _button(name: str, act: Any) -> Any:
    button = pn.widgets.Button(label=name, height=30, margin=0)
    button.on_click(lambda _: act())
    return button


def _coordinate(shoot: Shoot, name: str, axis: int) -> Any:
    """A slider for one number of a place."""
    label = f"{'Camera' if name == 'eye' else 'Looks at'} {NAMES[axis]}, m"
    low = LOWEST if axis == 2 else -20.0
    value = getattr(shoot, name)[axis]
    slider = pn.widgets.FloatSlider(label=label, start=low, end=20, step=0.05, sizing_mode="stretch_width", value=value)

    def set_place(event: Any) -> None:
        place = list(getattr(shoot, name))
        if abs(place[axis] - event.new) > 1e-9:
            place[axis] = event.new
            shoot.param.update({name: tuple(place)})

    slider.param.watch(set_place, "value")
    shoot.param.watch(lambda event: slider.param.update(value=event.new[axis]), name)
    return slider


def _pictures(shoot: Shoot) -> Any:
    told = shoot.param
    player = PlayerPane(reel=told.reel, disabled=told.running, visible=told.reel.rx.bool(), **WIDE)  # type: ignore[no-untyped-call]
    code = pn.bind(lambda *_: _code(shoot), told.eye, told.target, told.fov, told.moves)
    return pn.Column(
        progress(shoot),
        pn.pane.HTML(pn.bind(partial(shown, alt="What the camera sees"), told.still), **WIDE),
        pn.pane.HTML("Drag the orange dot, which is the camera, or the blue one, where it looks.", **WIDE),
        pn.FlexBox(*(pn.pane.HoloViews(_view(shoot, name)) for name in VIEWS), gap="8px", **WIDE),
        pn.pane.HTML(code, **WIDE),
        player,
        styles=RIGHT,
    )


def _code(shoot: Shoot) -> str:
    return f'<pre aria-label="The camera as code" style="white-space:pre-wrap;margin:0">{html.escape(shoot.code)}</pre>'


def _view(shoot: Shoot, name: str) -> Any:
    """The world and the camera from one side; both ends of the line of sight can be dragged."""
    across, up = VIEWS[name]
    reach = _reach(shoot)
    dims = [hv.Dimension(NAMES[axis], unit="m") for axis in (across, up)]
    follow = streams.Params(shoot, ["eye", "target"])

    def ends(eye: Any, target: Any) -> Any:
        rows = [(eye[across], eye[up], ACCENT), (target[across], target[up], LOOKED_AT)]
        return hv.Points(rows, dims, "colour").opts(color="colour", size=14)

    def sight(eye: Any, target: Any) -> Any:
        return hv.Path([[(it[across], it[up]) for it in (eye, target)]], dims).opts(color=ACCENT, line_dash="dashed")

    points = hv.DynamicMap(ends, streams=[follow])
    drag = streams.PointDraw(source=points, add=False, drag=True, num_objects=2)
    drag.add_subscriber(lambda data=None: _dragged(shoot, data, dims, (across, up)))
    drawn = _things(shoot, dims, (across, up)) * hv.DynamicMap(sight, streams=[follow]) * points
    low = -reach if up == 1 else -1.0
    sides = {"frame_width": 330, "frame_height": 330, "xlim": (-reach, reach), "ylim": (low, low + 2 * reach)}
    shown = {"title": f"The world {name}", "show_grid": True, "show_legend": False, "toolbar": None}
    return drawn.opts(active_tools=["point_draw"], default_tools=[], **shown, **sides)


def _reach(shoot: Shoot) -> float:
    """Metres from the middle that hold all that moves, and the camera as it is."""
    places = [shoot.eye, shoot.target, *(shoot.clip.world.position.values.reshape(-1, 3) if shoot.clip else ())]
    return min(float(np.abs(places).max()) + 3, 40.0)


def _things(shoot: Shoot, dims: list[Any], axes: tuple[int, int]) -> Any:
    """The paths of what is there, and where it begins."""
    world = shoot.clip.world
    paths = [place_T3[:, list(axes)] for place_T3 in world.position.values]
    starts = [(*path[0], str(name)) for path, name in zip(paths, world.actor.values, strict=True)]
    lines = hv.Path(paths, dims).opts(color=GREY, line_width=2)
    return lines * hv.Points(starts, dims, "name").opts(color=GREY, size=8, marker="square", tools=["hover"])


def _dragged(shoot: Shoot, data: Any, dims: list[Any], axes: tuple[int, int]) -> None:
    """Take over where the ends of the line of sight were dragged to."""
    if not data or len(data[dims[0].name]) != 2:
        return
    places = {}
    for row, name in enumerate(("eye", "target")):
        place = list(getattr(shoot, name))
        for axis, dim in zip(axes, dims, strict=True):
            value = float(data[dim.name][row])
            place[axis] = max(value, LOWEST) if axis == 2 else value
        places[name] = tuple(place)
    if any(not np.allclose(places[name], getattr(shoot, name)) for name in places):
        shoot.param.update(**places)
