"""Worlds become pictures."""

from sora2lib.render.frames import passes, render

__all__ = ["passes", "render"]
