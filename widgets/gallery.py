"""All clips that the studio has made, as a web page: ``panel serve widgets/gallery.py``.

They lie in ``~/.local/share/sora2lib/gallery``, or where ``SORA2LIB_GALLERY`` says.
"""

import panel as pn

from sora2lib.widgets import Collection, Gallery
from sora2lib.widgets.parts import as_the_reader_likes

pn.extension()
as_the_reader_likes().servable()
collection = Collection()
pn.state.location.sync(collection, ["query"])
Gallery(collection).servable(title="sora2lib gallery")
