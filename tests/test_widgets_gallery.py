"""A collection is a folder: what is in it is found again after a restart, nothing is lost, names are not trusted."""

import inspect
import re
from pathlib import Path

import numpy as np
import panel as pn
import pytest

from sora2lib.clip import Clip
from sora2lib.errors import MediaError
from sora2lib.request import Request
from sora2lib.widgets import Collection, Gallery, PlayerPane
from sora2lib.widgets import collection as collection_module
from sora2lib.widgets.collection import usual_folder


def film(tmp_path, prompt, seed=1):
    """The bytes of a film that remembers a prompt."""
    frames = np.full((12, 64, 64, 3), seed, np.uint8)
    request = Request(prompt, seconds=0.5, size="64x64", seed=seed)
    path = Clip(frames, 24, np.zeros((2, 24000), np.float32), request=request).save(
        tmp_path / f"{seed}.mp4", force=True
    )
    return path.read_bytes()


@pytest.fixture
def collection(tmp_path):
    collection = Collection(folder=tmp_path / "kept")
    for seed, prompt in enumerate(["a red ball bounces", "a Red box falls", "<b>a dog</b>"]):
        collection.add(film(tmp_path, prompt, seed))
    return collection


def words(collection):
    return sorted(item.words for item in collection.items)


def name_of(collection, prompt):
    return next(item.name for item in collection.items if item.words == prompt)


def test_clips_are_found_again_after_a_restart(collection):
    again = Collection(folder=collection.folder)
    assert words(again) == ["<b>a dog</b>", "a Red box falls", "a red ball bounces"]
    assert {item.seed for item in again.items} == {0, 1, 2}
    assert again.load(name_of(again, "a red ball bounces")).request.prompt == "a red ball bounces"


def test_a_search_needs_all_words_in_any_case(collection):
    collection.query = "RED a"
    assert words(collection) == ["a Red box falls", "a red ball bounces"]
    collection.query = "red box"
    assert words(collection) == ["a Red box falls"]
    assert collection.message == "1 of 3 clips"


def test_favourites_last(collection):
    collection.like(name_of(collection, "a Red box falls"))
    again = Collection(folder=collection.folder, only_liked=True)
    assert words(again) == ["a Red box falls"]
    again.like(again.items[0].name, liked=False)
    assert not again.items
    assert len(Collection(folder=collection.folder).items) == 3


def test_what_is_deleted_comes_back(collection):
    first, second = name_of(collection, "a red ball bounces"), name_of(collection, "<b>a dog</b>")
    before = collection.load(first).frames
    collection.delete(first)
    collection.delete(second)
    assert words(collection) == ["a Red box falls"]
    collection.undo()
    assert words(collection) == ["<b>a dog</b>", "a Red box falls"]
    collection.undo()
    collection.undo()
    assert (collection.load(first).frames == before).all()
    assert collection.deleted == []


@pytest.mark.parametrize("name", ["../1.mp4", "/etc/passwd", "favourites.json", "a/b.mp4"])
def test_names_lead_nowhere_else(collection, name):
    for act in (collection.load, collection.delete):
        with pytest.raises(MediaError, match="no clip of this collection"):
            act(name)


def test_what_is_no_film_or_vanished_does_no_harm(collection):
    folder = Path(collection.folder)
    (folder / "broken.mp4").write_bytes(b"no film")
    (folder / "favourites.json").write_text("{broken")
    gone = collection.items[0]
    (folder / gone.name).unlink()
    gallery = Gallery(collection)
    gallery.choose(gone)
    assert gone.name in collection.message
    assert len(collection.items) == 2
    assert gallery.reel == {}


def test_small_pictures_are_kept(collection):
    name = name_of(collection, "a red ball bounces")
    still = collection.still(name)
    assert still.startswith(b"\xff\xd8")
    (Path(collection.folder) / name).unlink()
    assert collection.still(name) == still


def test_the_page_plays_likes_and_deletes(collection):
    gallery = Gallery(collection)
    buttons = {it.label: it for it in gallery.__panel__().select(pn.widgets.Button)}
    buttons["a red ball bounces"].clicks += 1
    (player,) = gallery.__panel__().select(PlayerPane)
    assert player.reel["label"] == "a red ball bounces"
    buttons["Favourite, or no more"].clicks += 1
    assert [it.words for it in collection.items if it.liked] == ["a red ball bounces"]
    buttons["Delete"].clicks += 1
    assert "a red ball bounces" not in words(collection)
    assert player.reel == {}
    buttons["Undo delete"].clicks += 1
    assert "★ a red ball bounces" in [it.label for it in gallery.__panel__().select(pn.widgets.Button)]


def test_the_folder_is_the_users_own_or_named(monkeypatch, tmp_path):
    monkeypatch.delenv("SORA2LIB_GALLERY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_folder() == tmp_path / "sora2lib" / "gallery"
    monkeypatch.setenv("SORA2LIB_GALLERY", str(tmp_path / "ours"))
    assert usual_folder() == tmp_path / "ours"
    assert Collection().items == []
    assert not (tmp_path / "ours").exists()


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(collection_module), re.M)
