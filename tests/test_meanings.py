"""What words mean in plain words: the table, its recipe on a small WordNet, and the words that captions keep back."""

import json

import numpy as np
import torch

from sora2lib.model import meanings, text
from sora2lib.model.conditions import words_of
from sora2lib.model.meanings import PLAIN, plain
from sora2lib.model.text import WIDTH
from sora2lib.train import define
from sora2lib.train.objective import HIDDEN, blurred
from sora2lib.world.adjectives import COLOURS
from sora2lib.world.phrases import HELD_OUT_WORDS

NOUNS = """  1 a line of the licence
00000010 03 n 02 zorb 0 glass_bead 0 001 @ 00000020 n 0000 | a spherical red thing (on a beach) with large holes; ""
00000020 03 n 01 toy 0 000 | something to play with, often wooden
00000030 03 n 01 zorb 1 000 | a slow dance
"""


def test_a_definition_is_read_without_its_asides_and_later_senses_count_less(tmp_path):
    for part in define.PARTS:
        (tmp_path / f"data.{part}").write_text(NOUNS if part == "noun" else "")
        (tmp_path / f"index.{part}").write_text("zorb n 2 1 @ 2 0 00000010 00000030  \n" if part == "noun" else "")
        (tmp_path / f"{part}.exc").write_text("zerb zorb\n" if part == "noun" else "")
    define.rebuild(tmp_path, folder=tmp_path)
    content = json.loads((tmp_path / meanings.FILE).read_text())
    means = content["words"]["zorb"]
    named = dict(zip((content["plain"][i] for i in means[::2]), means[1::2], strict=True))
    assert named == {"red": 9, "ball": 9, "glass": 9, "slow": 4}
    assert content["words"]["zerb"] == means


def test_the_table_has_as_many_plain_words_as_the_network_reads():
    assert len(define.PLAIN) == PLAIN == meanings.meanings("a").shape[1]


def test_inflected_words_mean_what_their_stem_does():
    assert plain("plummets")["fall"] == plain("plummeted")["fall"] == plain("plummet")["fall"] == 1.0
    assert plain("flung").keys() == plain("fling").keys()
    assert plain("skyward").keys() == plain("sky").keys()
    assert plain("leftwards")["left"] == 1.0
    assert plain("xyzzy") == plain("towards") == {}


def test_all_pieces_of_a_word_mean_what_it_does_and_others_nothing():
    prompt = "The emerald plummets"
    found, starts = meanings.meanings(prompt), text.starts(prompt)
    word = starts >= prompt.index("plummets")
    assert word.sum() > 1
    assert (found[word] == found[word][0]).all()
    assert found[word].any()
    assert not found[0].any()


def test_most_colours_that_captions_keep_back_are_named_by_their_definitions():
    kept = [(name, word) for name, words in COLOURS.items() for word in words if word in HELD_OUT_WORDS]
    right = [name in plain(word) for name, word in kept]
    assert len(kept) >= 12
    assert np.mean(right) > 0.85


def test_a_word_that_loses_its_vector_keeps_its_meaning():
    torch.manual_seed(0)
    words, mask = words_of(["an emerald xyzzy"] * 400)
    moved, _ = blurred(words, mask)
    hidden = (moved[..., :WIDTH] == 0).all(dim=-1)
    meant = words[..., WIDTH : WIDTH + PLAIN].any(dim=-1)
    assert not hidden[~meant].any()
    assert abs(hidden[meant].float().mean() - HIDDEN) < 0.05
    torch.testing.assert_close(moved[..., WIDTH:], words[..., WIDTH:])
