"""What several pages have in common: two columns, and how far the work is."""

import base64
import html
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import panel as pn
from numpy.typing import NDArray
from tornado.ioloop import IOLoop

from sora2lib import media
from sora2lib.widgets.work import Work

# Side by side where there is room, one above the other where there is not.
LEFT = {"flex": "1 1 280px", "max-width": "360px"}
RIGHT = {"flex": "2 1 420px", "max-width": "860px"}
THUMB = (192, 108)  # pixels of a picture that can be clicked
ACCENT = "#e8590c"  # reads on light and dark alike
PATIENCE = 600  # seconds in which a browser loads a page, or never
WIDE: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": (5, 10)}

# Panel draws light and dark, but does not ask which one the reader likes; Bokeh gives boxes, dates, the knobs of its
# sliders and the arrows of its numbers no names for those who hear a page; nor has a page a heading, or a main part.
ASK = """<script>
if (matchMedia("(prefers-color-scheme: dark)").matches && !location.search.includes("theme="))
  location.search += "&theme=dark";
const NAMELESS = {"input": "", ".noUi-handle": "", ".bk-spin-btn-up": "more, ", ".bk-spin-btn-down": "less, "};
function name(root) {
  for (const node of root.querySelectorAll("*")) if (node.shadowRoot) name(node.shadowRoot);
  const title = root.querySelector(".bk-slider-title, label, .bk-label")?.textContent.split(":")[0].trim();
  if (!title) return;
  for (const [kind, way] of Object.entries(NAMELESS))
    for (const node of root.querySelectorAll(kind))
      if (!node.labels?.length && !node.ariaLabel) node.ariaLabel = way + title;
}
setInterval(() => name(document), 1000);
if (!document.querySelector("main")) {
  const main = Object.assign(document.createElement("main"), {style: "display: contents"});
  const unseen = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
  main.append(Object.assign(document.createElement("h1"), {textContent: document.title, style: unseen}));
  main.append(...document.querySelectorAll("body > [data-root-id]"));
  document.body.append(main);
}
</script>"""


def as_the_reader_likes() -> Any:
    """Return what makes a served page light or dark, as the reader likes, and names all; put it on the page first."""
    _wait_for_the_browser()
    return pn.pane.HTML(ASK, margin=0)


def _wait_for_the_browser() -> None:
    """Keep a page's session until its browser has joined it.

    Bokeh forgets one that nobody has joined after 15 s, which a browser on a busy machine may need to load the page. It
    then makes another, which knows nothing of the request: neither the address, nor that styles are to be served.
    """
    context: Any = pn.state.curdoc.session_context if pn.state.curdoc else None
    if context is None:
        return
    loop, held = IOLoop.current(), ExitStack()

    def hold() -> None:
        context.session.block_expiration()
        held.callback(context.session.unblock_expiration)
        loop.call_later(PATIENCE, held.close)

    loop.add_callback(hold)  # there is a session once the page is built
    pn.state.onload(held.close)


def in_page(act: Callable[[], None]) -> Callable[..., None]:
    """Return what does something in the served page's own thread; that of the work knows neither page nor theme."""
    page = pn.state.curdoc

    def run(*_: Any) -> None:
        if page is not None and page.session_context:
            page.add_next_tick_callback(act)
        else:
            act()

    return run


def beside(*columns: Any) -> Any:
    """Return columns side by side, or one above the other where the page is narrow."""
    return pn.FlexBox(*columns, margin=(16, 0), gap="16px", justify_content="center")


def progress(work: Work) -> Any:
    """Return a line that says where the work is, with a bar while it runs."""
    told = work.param
    return pn.pane.HTML(pn.bind(status, told.message, told.fraction, told.running), **WIDE)


def status(message: str, fraction: float, running: bool) -> str:
    """Return a message as HTML; it is read aloud when the work ends, not at every frame."""
    role = "" if running else ' role="status"'
    bar = f'<progress aria-label="Progress" value="{fraction:.3f}" style="width:100%"></progress>' if running else ""
    return f"<div{role}>{html.escape(message)}</div>{bar}"


def above(titles: list[str]) -> str:
    """Return what the pictures of a film are, from left to right, as HTML to stand above it."""
    cells = "".join(f"<div>{html.escape(title)}</div>" for title in titles)
    return (
        f'<div style="display:grid;grid-auto-columns:1fr;grid-auto-flow:column;gap:4px;text-align:center">{cells}</div>'
    )


def shown(picture: NDArray[np.uint8] | None, alt: str) -> str:
    """Return a picture as HTML, as wide as its column, with words for those who do not see it; nothing without one."""
    if picture is None:
        return ""
    content = base64.b64encode(media.jpeg(picture)).decode()
    words = html.escape(alt)
    return f'<img alt="{words}" src="data:image/jpeg;base64,{content}" style="width:100%;border-radius:6px">'


def thumbnail(picture: NDArray[np.uint8]) -> bytes:
    """Return a picture (h, w, 3) as a small JPEG."""
    width, height = THUMB
    return media.jpeg(media.shrink(picture, width=width, height=height))


def button(label: str, act: Callable[[], None], **more: Any) -> Any:
    """Return a button that does something when it is pressed."""
    made = pn.widgets.Button(label=label, height=32, **more)
    made.on_click(lambda _: act())
    return made


def picture_button(label: str, picture: bytes | None, act: Callable[[], None], *, pressed: bool = False) -> Any:
    """Return a button that shows a JPEG, its words below; without a picture it cannot be pressed."""
    width, height = THUMB
    background = f"url(data:image/jpeg;base64,{base64.b64encode(picture).decode()})" if picture else "none"
    ring = f"0 0 0 3px {ACCENT}" if pressed else "none"
    style = f"""
:host .bk-btn {{
  box-sizing: border-box; width: {width}px; height: {height + 28}px; padding: {height}px 4px 0; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; background: {background} top / {width}px {height}px no-repeat;
  box-shadow: {ring};
}}
:host .bk-btn:focus-visible {{ outline: 3px solid {ACCENT}; outline-offset: 2px; }}"""
    made = pn.widgets.Button(label=label, disabled=picture is None, stylesheets=[style], margin=0)
    made.on_click(lambda _: act())
    return made
