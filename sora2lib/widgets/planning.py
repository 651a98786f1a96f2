"""A plan that a page waits for: told step by step, looked at on the way."""

from collections.abc import Callable
from time import monotonic

from sora2lib import pipeline
from sora2lib.planner import Step
from sora2lib.recipe import Recipe
from sora2lib.request import Request
from sora2lib.widgets.work import Work, remaining


def planned(work: Work, request: Request, *, share: float, look: Callable[[Step], None] = lambda step: None) -> Recipe:
    """Plan what is asked for, as a part of a page's work.

    Parameters
    ----------
    work : is told how far it is, and may be cancelled.
    request : what is asked for.
    share : of the whole work, 0 to 1.
    look : is shown every step.
    """
    work.tell("Loading the model", 0.0)
    began = monotonic()
    for step in pipeline.plan(request):
        place = f"step {step.index} of {step.total}, {remaining(began, step.index, step.total)}"
        work.tell(f"{step.phase.title()}: {place}", step.index / step.total * share)
        look(step)
    return pipeline.finish(step, request)
