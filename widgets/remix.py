"""A remix bench as a web page: ``panel serve widgets/remix.py``.

Choose an example or a clip of the gallery, or open one; say what shall be otherwise. Remixes are kept in the gallery.
What is asked for stands in the address: ``/remix?words=at night&keep=["colour"]``.
"""

import os

# Torch's threads spin while they wait, which on a busy machine takes longer than the work. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import panel as pn
import param

import sora2lib as sora
from sora2lib.widgets import Collection, FilePane, RemixBench, Revision
from sora2lib.widgets.parts import as_the_reader_likes

EXAMPLES = {"A ball falls": ("drop", 3), "A ball rolls": ("roll", 11), "Dominoes fall": ("dominoes", 1)}


class Choice(param.Parameterized):
    """What is remixed: an example, or a clip of the gallery."""

    example = param.Selector(objects=list(EXAMPLES), label="Example")
    kept = param.Selector(default="", objects={"none": ""}, label="From the gallery", check_on_set=False)


@pn.cache(max_items=4)
def example(name):
    """Simulate an example once for all readers."""
    family, seed = EXAMPLES[name]
    return sora.simulate(family, seed=seed, size="640x360", seconds=3)


pn.extension()
as_the_reader_likes().servable()
choice, collection = Choice(), Collection()


def offer(*_):
    """Let the clips of the gallery be chosen."""
    choice.param.kept.objects = {"none": ""} | collection.titles


offer()
collection.param.watch(offer, "items")
pn.state.location.sync(choice, ["example"])
revision = Revision()
pn.state.location.sync(revision, ["words", "strength", "keep", "change", "seed"])
film = FilePane.of("Open a film", "video/*,.webm,.mkv", revision.open)
pn.bind(lambda name: revision.take(lambda: example(name)), choice.param.example, watch=True)
pn.bind(lambda name: name and revision.take(lambda: collection.load(name)), choice.param.kept, watch=True)
revision.param.watch(lambda event: event.new and collection.add(event.new), "file")
pn.state.onload(lambda: revision.take(lambda: example(choice.example)))
pn.state.on_session_destroyed(lambda _, revision=revision: revision.cancel())
selects = [pn.widgets.Select.from_param(it, width=220) for it in (choice.param.example, choice.param.kept)]
pn.FlexBox(*selects, film, align_items="end", gap="8px", margin=(8, 24)).servable()
RemixBench(revision).servable(title="sora2lib remix")
