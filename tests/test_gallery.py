"""A gallery: what it shows, what it says of it, and that it goes on where it was stopped."""

import html
import json
import re

import pytest

from sora2lib.train import gallery, showcase
from sora2lib.train.evaluate import obeys
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.naming import Clause
from sora2lib.world.simulate import simulate
from sora2lib.world.vocabulary import STYLES

SMALL = {"size": "64x64", "fps": 2}


@pytest.fixture(scope="module")
def pieces():
    return showcase.programme()


def test_all_families_and_styles_are_shown_and_the_same_for_the_same_seed(pieces):
    assert len(pieces) == 60
    assert {piece.family for piece in pieces} == {*FAMILIES, *PEOPLE}
    assert {piece.style for piece in pieces} == set(STYLES)
    assert pieces == showcase.programme()
    assert pieces[40:] != showcase.programme(8)[40:]
    assert len({piece.prompt for piece in pieces}) == 60


def test_what_guided_prompts_must_show_can_be_measured(pieces):
    """They are clauses as captions have them, and the checker answers each."""
    known = {(it.role, it.kind) for piece in pieces[len(showcase.GUIDED) :] for it in piece.clauses}
    worlds = [simulate("drop", 3), simulate("walk", 3)]
    for piece in pieces[: len(showcase.GUIDED)]:
        assert {(it.role, it.kind) for it in piece.clauses} <= known
        assert all(set(obeys(world, piece.clauses)) == set(piece.clauses) for world in worlds)


def told(number, piece, **told):
    return gallery.Shown(number, piece, told, "No law is broken; 80% of the laws could be measured.", True, (), "m 1")


def test_the_page_tells_prompt_seed_and_scores_and_trusts_nothing():
    piece = showcase.Piece("drop", "<script>alert(1)</script>\na & b", 11, "noir", frozenset())
    said = gallery.page([told(1, piece, red=True, ball=False), told(2, piece, red=True)], 3)
    assert "<script" not in said
    assert html.escape(piece.prompt) in said
    assert said.count("seed 11, noir") == 2
    assert re.search(r"All that was asked is true in 1 of them; physics has nothing against 2. 1 more", said)
    assert said.count("(not so)") == 1
    assert "<li class=no>ball" in said


def test_words_name_whose_clause_it_is():
    assert gallery.words(Clause(kind="colour", role="subject", value="red")) == "colour: red"
    assert gallery.words(Clause(kind="asset", role="target", value="box")) == "target asset: box"


def test_a_gallery_is_made_once_and_goes_on(pieces, untrained, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "SECONDS", 0.5)
    made = gallery.make(tmp_path, pieces[:2], model=untrained, **SMALL)
    first = next(made)
    made.close()
    assert set(first.told) == {gallery.words(it) for it in pieces[0].clauses}
    assert "1 more are being made" in (tmp_path / "index.html").read_text()
    before = (tmp_path / "01.mp4").stat().st_mtime_ns
    (tmp_path / "02.json").write_text(json.dumps({"piece": {}, "asked": untrained}))
    again = list(gallery.make(tmp_path, pieces[:2], model=untrained, **SMALL))
    assert (tmp_path / "01.mp4").stat().st_mtime_ns == before
    assert again[0] == first
    said = (tmp_path / "index.html").read_text()
    assert "being made" not in said
    assert all(f'src="{n:02}.mp4"' in said and (tmp_path / f"{n:02}.jpg").exists() for n in (1, 2))
