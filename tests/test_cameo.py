"""Cameos: one subject is cut out as it was filmed, heard as it spoke, and shown where its name was said."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from filming import buzz, scene

from sora2lib import Cameo, CameoError, Consent, ConsentError, RequestError, media
from sora2lib.cameo import library
from sora2lib.cameo.cutting import cut
from sora2lib.cameo.matting import subject
from sora2lib.cameo.net import people
from sora2lib.cameo.voice import centres, measure
from sora2lib.cli import main
from sora2lib.consent import keys, ledger, note
from sora2lib.dialogue import Line
from sora2lib.render import mouths, passes, render
from sora2lib.render.cameos import Board, facing, wear
from sora2lib.script import Script, spoken
from sora2lib.sound.imitation import imitate
from sora2lib.sound.saying import say
from sora2lib.sound.speech import voices
from sora2lib.starring import cast_of, named, read, starring, uncast
from sora2lib.world.figures.skeleton import INDEX, JOINTS
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import axes

YES = Consent("Rex, by Ann")
RATE = 24000


@pytest.fixture
def film(tmp_path):
    frames, _ = scene(36)
    media.write(tmp_path / "rex.mp4", frames, fps=12, sound=buzz(180))
    return tmp_path / "rex.mp4"


def picture_of(kind, colour, side=60):
    """A cut-out that is a disc of one colour with a dark eye."""
    y, x = np.mgrid[:side, :side] - side / 2
    picture = np.zeros((side, side, 4), np.uint8)
    picture[..., :3], picture[..., 3] = colour, 255 * (np.hypot(x, y) < side / 2 - 2)
    return picture


def kept(name="rex", noun="ball", colour=(220, 40, 30), tmp_path=None, **asked):
    from PIL import Image

    Image.fromarray(picture_of(noun, colour)).save(tmp_path / f"{name}.png")
    return Cameo.from_image(tmp_path / f"{name}.png", name, noun, consent=YES, **asked)


# ---- made


def test_a_film_becomes_a_cameo_that_moves_and_has_a_voice(film):
    seen = []
    cameo = Cameo.record(film, "rex", "dog", consent=YES, watch=lambda stages: (seen.append(it) or it for it in stages))
    assert seen == ["reading", "cutting out", "listening", "signing"]
    assert cameo.voice.pitch == pytest.approx(180, rel=0.02)
    assert (len(cameo.frames) - 1) / cameo.fps == pytest.approx(35 / 12, rel=0.02)
    assert "alt=" in cameo._repr_mimebundle_()["text/html"]
    again = Cameo.find("rex")
    assert np.array_equal(again.frames, cameo.frames)
    assert again.grant == cameo.grant
    assert again.voice == cameo.voice


def test_the_cut_is_where_the_subject_is():
    frames, _ = scene(24)
    made = cut(frames)
    stripes = made.frames[..., :3][made.frames[..., 3] > 200].astype(float)
    assert np.mean(stripes[:, 0] > 190) > 0.98  # of the egg, and not of the wall
    share = (made.frames[..., 3] > 127).mean(axis=(1, 2))
    # An egg fills pi / 4 of the box round it; the frame has two pixels of air on each side.
    assert share == pytest.approx(np.pi / 4 * (80 * 120) / (84 * 124), abs=0.03)
    assert not made.head


def test_a_wall_is_no_subject_though_it_has_colours_of_its_own_in_the_middle():
    y, x = np.mgrid[:120, :200]
    glow = np.exp(-(((x - 125) / 30) ** 2) - ((y - 40) / 25) ** 2)[..., None]
    wall = (1 - glow) * (70, 120, 90) + glow * (150, 110, 170)
    truth = np.hypot(x - 95, y - 68) < 24
    picture = np.where(truth[..., None], (230, 190, 40), wall) + np.random.default_rng(0).normal(0, 2, wall.shape)
    found = subject(picture.clip(0, 255).astype(np.uint8)[None], "thing")[0] > 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.9


def test_things_are_seen_through_and_animals_are_not():
    ring = picture_of("ring", (220, 40, 30))
    ring[20:40, 20:40, 3] = 0
    assert cut(ring[None], "thing").frames[0, 28, 28, 3] == 0
    assert cut(ring[None], "animal").frames[0, 28, 28, 3] == 255


def test_a_picture_that_is_cut_out_is_taken_as_it_is(tmp_path):
    cameo = kept(tmp_path=tmp_path)
    assert cameo.frames.shape[1:3] == pytest.approx((60, 60), abs=2)
    assert cameo.picture[30, 30].tolist() == [220, 40, 30, 255]
    assert cameo.picture[0, 0, 3] == 0
    assert cameo.voice is None


def test_a_clip_becomes_a_cameo(clip):
    frames, _ = scene(48)
    made = replace(clip, frames=frames, sound=buzz(150, 2.0), world=None)
    cameo = Cameo.from_clip(made, "rex", "dog", consent=YES)
    assert cameo.voice.pitch == pytest.approx(150, rel=0.02)
    with pytest.raises(CameoError, match="lasts 1 s; give 2 to 10 s"):
        Cameo.from_clip(made[0:1], "rex", "dog", consent=YES)


def test_the_net_sees_people_as_the_original_does():
    """Of a picture of one colour with a bright oval, as LiteRT 2.3 runs the same file."""
    picture = np.full((256, 256, 3), 200, np.uint8)
    chance = people(picture[None])[0]
    assert chance.shape == (256, 256)
    assert chance.max() < 0.5


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (scene(8)[0] // 12, "too dark"),
        (np.full((8, 90, 160, 3), 120, np.uint8), "one plain surface"),
        (np.random.default_rng(0).integers(0, 255, (8, 90, 160, 3), dtype=np.uint8), "no subject|shakes"),
        (scene(8, subjects=2)[0], "two subjects"),
        (np.stack([np.roll(it, 30 * n, axis=1) for n, it in enumerate(scene(12)[0])]), "shakes"),
    ],
    ids=["dark", "plain", "noise", "two", "shaking"],
)
def test_what_cannot_be_cut_out_is_refused(frames, words):
    with pytest.raises(CameoError, match=words):
        cut(frames)


def test_without_consent_there_is_no_cameo(film):
    for consent in (None, "yes"):
        with pytest.raises(ConsentError, match="without consent nobody"):
            Cameo.record(film, "rex", "dog", consent=consent)
    with pytest.raises(ConsentError, match="ended"):
        Cameo.record(film, "rex", "dog", consent=Consent("Rex", until="2020-01-01"))
    with pytest.raises(CameoError, match="no cameo @rex"):
        Cameo.find("rex")


def test_consent_can_be_spoken_and_the_grant_names_the_sound(film, tmp_path):
    assert Cameo.record(film, "rex", "dog", consent=YES).grant.evidence == "attested"
    media.write(tmp_path / "yes.wav", [], fps=12, sound=buzz(150, 2.0))
    spoken = Cameo.record(film, "rex", "dog", consent=YES, spoken=tmp_path / "yes.wav")
    digest = hashlib.sha256((tmp_path / "yes.wav").read_bytes()).hexdigest()
    assert Cameo.find("rex").grant.evidence == spoken.grant.evidence == f"spoken {digest}"
    media.write(tmp_path / "hush.wav", [], fps=12, sound=1e-2 * buzz(150, 2.0))
    before = ledger.handles()
    with pytest.raises(ConsentError, match="nobody is heard to agree: the sound is silent"):
        Cameo.from_image(tmp_path / "rex.png", "rex", "dog", consent=YES, spoken=tmp_path / "hush.wav")
    assert ledger.handles() == before


def test_names_and_nouns_are_checked(film):
    with pytest.raises(ConsentError, match="small letters"):
        Cameo.record(film, "Rex!", "dog", consent=YES)
    with pytest.raises(CameoError, match="'quasar' is not known"):
        Cameo.record(film, "rex", "quasar", consent=YES)


def test_who_says_nothing_has_no_voice(tmp_path):
    frames, _ = scene(36)
    media.write(tmp_path / "mute.mp4", frames, fps=12, sound=np.zeros((2, 3 * 48000), np.float32))
    assert Cameo.record(tmp_path / "mute.mp4", "rex", "dog", consent=YES).voice is None
    media.write(tmp_path / "mute.wav", frames, fps=12, sound=np.zeros((2, 3 * 48000), np.float32))
    with pytest.raises(CameoError, match="silent"):
        kept(tmp_path=tmp_path, voice=tmp_path / "mute.wav")


def test_the_command_line_records_lists_and_revokes(film, capsys):
    told = [
        "--name",
        "rex",
        "--noun",
        "dog",
        "--subject",
        "Rex, by Ann",
        "--until",
        "2090-01-01",
        "--spoken",
        str(film),
    ]
    assert main(["record", str(film), *told, "--spoken", str(film)]) == 0
    assert Cameo.find("rex").grant.consent.until.startswith("2090-01-01")
    assert Cameo.find("rex").grant.evidence.startswith("spoken ")
    shown = capsys.readouterr()
    assert shown.err.split(" ...\n")[:2] == ["reading", "cutting out"]
    note([Cameo.find("rex").handle], "saved", title="@rex\x1b[31m runs", place="/a.mp4")
    assert main(["cameos"]) == main(["cameos", "rex"]) == main(["revoke", "rex"]) == 0
    listed = capsys.readouterr().out
    assert "@rex" in listed
    assert "saved  /a.mp4  @rex [31m runs" in listed
    assert main(["cameos", "rex"]) == 2
    assert "no cameo @rex" in capsys.readouterr().err


def test_a_consent_that_has_ended_is_listed_as_such(film, capsys, monkeypatch):
    for name, until in (("rex", "2050-01-01"), ("ace", None)):
        Cameo.record(film, name, "dog", consent=Consent("Rex, by Ann", until=until))
    monkeypatch.setattr(ledger, "now", lambda: "2051-01-01T00:00:00+00:00")
    assert main(["cameos"]) == 0
    ended, lasts = capsys.readouterr().out.splitlines()
    assert ended.startswith("@rex")
    assert "ended on 2050-01-01" in ended
    assert "Cameo(@ace" in lasts


# ---- kept


def test_a_file_goes_to_somebody_who_trusts_its_key(tmp_path, monkeypatch):
    cameo = kept(tmp_path=tmp_path)
    shared = Cameo.from_image(tmp_path / "rex.png", "max", "ball", consent=replace(YES, audience=("everyone",)))
    cameo.save(tmp_path / "rex.cameo")
    shared.save(tmp_path / "max.cameo")
    monkeypatch.setenv(keys.HOME, str(tmp_path / "another"))
    with pytest.raises(ConsentError, match="do not know"):
        Cameo.load(tmp_path / "max.cameo")
    with pytest.raises(ConsentError, match="not agreed to be shown by you"):
        Cameo.load(tmp_path / "rex.cameo", trust=cameo.grant.key)
    Cameo.load(tmp_path / "max.cameo", trust=cameo.grant.key)
    assert np.array_equal(Cameo.find("max").frames, shared.frames)


def test_other_pixels_under_the_same_consent_are_refused(tmp_path):
    cameo = kept(tmp_path=tmp_path)
    other = replace(cameo, frames=cameo.frames[..., ::-1].copy())
    other.save(tmp_path / "other.cameo")
    with pytest.raises(ConsentError, match="another likeness"):
        Cameo.load(tmp_path / "other.cameo")


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\xff" * 64, b"\x10\0\0\0\0\0\0\0{}              "])
def test_what_is_no_cameo_is_refused(tmp_path, content):
    (tmp_path / "bad.cameo").write_bytes(content)
    with pytest.raises(CameoError, match="damaged"):
        Cameo.load(tmp_path / "bad.cameo")


def test_every_bit_counts(tmp_path):
    cameo = kept(tmp_path=tmp_path)
    cameo.save(tmp_path / "rex.cameo")
    whole = (tmp_path / "rex.cameo").read_bytes()
    for place in np.random.default_rng(0).integers(0, len(whole), 40):
        bent = bytearray(whole)
        bent[place] ^= 4
        (tmp_path / "bent.cameo").write_bytes(bent)
        with pytest.raises((CameoError, ConsentError)):
            Cameo.load(tmp_path / "bent.cameo")


def test_revoking_deletes_the_likeness(tmp_path):
    cameo = kept(tmp_path=tmp_path)
    cameo.revoke()
    assert not list((keys.home() / "cameos").iterdir())
    for door in (lambda: library.get(cameo.handle), lambda: cameo.save(tmp_path / "a.cameo")):
        with pytest.raises(ConsentError, match="revoked"):
            door()
    with pytest.raises(ConsentError, match="names no cameo"):
        library._place("../../etc/passwd")


# ---- asked for


def test_the_model_reads_nouns_for_names(tmp_path):
    for name, noun in (("rex", "dog"), ("max", "dog"), ("eve", "orange ball")):
        kept(name, noun, tmp_path=tmp_path)
    prompt = '@Rex chases @max and @eve. @rex says "come, @max!" Write to ann@rex.com'
    assert named(prompt) == ("rex", "max", "eve")
    assert read(prompt) == "a dog chases another dog and an orange ball. the dog Write to ann@rex.com"
    assert [it.name for it in cast_of(prompt)] == ["rex", "max", "eve"]


def test_who_is_not_there_or_too_many_is_said(tmp_path):
    with pytest.raises(CameoError, match=r"no cameo @nobody in your library \(none yet\)"):
        cast_of("@nobody waits")
    with pytest.raises(RequestError, match="5 cameos are named"):
        cast_of("@a @b @c @d @e")


def test_actors_are_given_to_cameos_by_kind(tmp_path):
    world = simulate("collide", 1, seconds=1.0)
    asset = str(world.asset.values[0])
    rex, tom = kept("rex", asset, tmp_path=tmp_path), kept("tom", "woman", tmp_path=tmp_path)
    shown = starring(world, [rex, tom])
    assert shown.cameo.values.tolist()[0] == rex.handle
    assert shown.actor.values.tolist()[0] == "rex"
    assert np.array_equal(shown.position, world.position)
    assert uncast(shown, [rex, tom])[0].startswith("@tom is not to be seen")
    assert np.array_equal(starring(shown, [rex]).cameo, shown.cameo)


# ---- drawn


def seen_from(world, angle):
    place = world.position.values[0]
    eye = place + np.array([3 * np.sin(angle), -3 * np.cos(angle), 0.8])
    fov = np.full(world.sizes["time"], 0.5)
    views = {"camera_eye": eye, "camera_target": place, "camera_fov": fov}
    return world.assign({name: (world[name].dims, values) for name, values in views.items()})


@pytest.mark.parametrize("angle", [0.0, 1.2, np.pi / 2, np.pi, 4.0])
def test_a_cameo_faces_the_camera_from_everywhere(tmp_path, angle):
    world = simulate("roll", 1, seconds=1.0).isel(actor=[0])
    cameo = kept("rex", "ball", (20, 220, 60), tmp_path=tmp_path)
    world = seen_from(starring(world, [cameo]), angle)
    drawn = passes(world, 0.3, width=96, height=96)["segmentation"]
    bare = passes(world.assign(cameo=("actor", [""])), 0.3, width=96, height=96)["segmentation"]
    assert (drawn == 0).sum() == pytest.approx((bare == 0).sum(), rel=0.35)  # as large as the ball that it is
    (frame,) = render(world, width=96, height=96, fps=1, start=0.3, seconds=1.0)
    red, green, _ = frame[drawn == 0].astype(float).mean(axis=0)
    assert green > 2 * red


WOMAN = np.array([0.32, 0.5, 1.66])


def ann(tmp_path, lips=(200, 150, 120)):
    """A woman with a blue shirt."""
    frames = np.zeros((60, 40, 4), np.uint8)
    frames[2:22, 13:27] = (200, 150, 120, 255)
    frames[17:18, 17:23, :3] = lips
    frames[20:26, 17:23] = (200, 150, 120, 255)
    frames[26:, 4:36] = (40, 60, 200, 255)
    from PIL import Image

    Image.fromarray(np.kron(frames, np.ones((3, 3, 1), np.uint8))).save(tmp_path / "ann.png")
    return Cameo.from_image(tmp_path / "ann.png", "ann", "woman", consent=YES)


def test_a_person_keeps_the_body_and_wears_the_head(tmp_path):
    cameo = ann(tmp_path)
    assert cameo.head
    solid = cameo.picture[cameo.picture[..., 3] > 200][:, :3].astype(float)
    assert np.mean(solid[:, 0] > 150) > 0.9  # the head, and little of the blue shirt
    assert cameo.colour[2] > 0.6
    worn = wear(cameo.handle, "woman", WOMAN)
    assert worn.anchor >= 0
    assert worn.board.half[2] < 0.25  # a head, not a body
    assert 0 < len(worn.kept) < 60


def test_a_head_that_speaks_opens_its_mouth(tmp_path):
    cameo = ann(tmp_path, lips=(150, 40, 50))
    head = cameo.picture
    lips = (head[..., :3].astype(int) @ (1, -1, 0) > 90) & (head[..., 3] > 200)
    row, column = np.argwhere(lips).mean(axis=0)
    assert mouths.find(head) == pytest.approx((row, column), abs=4)
    wide = mouths.opened(head, (round(row), round(column)), 1.0)
    assert np.array_equal(wide[: round(row)], head[: round(row)])
    assert wide[round(row) + 4, round(column), :3].max() < 100  # dark within
    shut = mouths.opened(head, (round(row), round(column)), 0.0)
    assert np.abs(shut.astype(int) - head).max() <= 1
    worn = wear(cameo.handle, "woman", WOMAN, speaks=True)
    joints = np.zeros(len(JOINTS))
    shown = []
    for joints[INDEX["mouth"]] in (0, 0.25, 0.5):
        shown.append(Board(0, 0, 7, worn, ("woman", WOMAN)).shown(1.0, joints))
    assert shown == [7, 8, 9]
    assert wear(cameo.handle, "woman", WOMAN).openings == 1


def test_a_head_without_a_mouth_is_left_alone(tmp_path):
    assert mouths.find(ann(tmp_path).picture) is None


def test_cut_outs_move_to_and_fro(film):
    cameo = Cameo.record(film, "rex", "ball", consent=YES)
    world = starring(simulate("roll", 1, seconds=1.0).isel(actor=[0]), [cameo])
    from sora2lib.render.scene import set_stage

    (board,) = set_stage(world).boards
    shown = [board.shown(index / cameo.fps, np.zeros(0)) for index in range(2 * len(cameo.frames))]
    assert shown[: len(cameo.frames)] == list(range(len(cameo.frames)))
    assert np.abs(np.diff(shown)).max() == 1


def test_a_board_is_turned_rightly():
    turn = axes(facing(np.array([0, 0, 1.0]), np.array([1.0, 2, 3]), np.array([1.0, -5, 3])))
    assert turn == pytest.approx(np.eye(3), abs=1e-9)
    tilted = axes(facing(np.array([1.0, 0, 1]), np.zeros(3), np.array([0, -5.0, 0])))
    assert tilted[:, 2] == pytest.approx(np.array([1, 0, 1]) / np.sqrt(2))
    lying = axes(facing(np.array([0, 1.0, 0]), np.zeros(3), np.array([0, -5.0, 0])))
    assert lying[:, 2] == pytest.approx([0, 0, 1])


# ---- heard


@pytest.mark.parametrize("pitch", [90, 150, 260, 420])
def test_pitch_is_measured(pitch):
    assert measure(buzz(pitch, rate=RATE)[0], RATE).pitch == pytest.approx(pitch, rel=0.01)


def test_tone_is_measured():
    bright, dull = (np.array(measure(buzz(150, rate=RATE, tilt=tilt)[0], RATE).tone) for tilt in (0.5, 1.5))
    # A slope of one more power of the frequency is 20 dB a decade.
    decades = np.log10(centres()[-6] / centres()[4])
    assert (bright - dull)[-6] - (bright - dull)[4] == pytest.approx(20 * decades, rel=0.15)


def test_noise_is_no_voice():
    with pytest.raises(CameoError, match="of voice are heard"):
        measure(np.random.default_rng(0).normal(0, 0.1, 2 * RATE), RATE)


def test_lines_are_said_in_the_voice_of_the_recording(tmp_path):
    media.write(tmp_path / "voice.wav", scene(36)[0], fps=12, sound=buzz(120))
    cameo = kept("rex", "ball", tmp_path=tmp_path, voice=tmp_path / "voice.wav")
    world = starring(simulate("roll", 1, seconds=2.0), [cameo])
    world = spoken(world, Script((Line("@rex", "We have seen the last of the summer.", start=0.2, actor="rex"),)))
    (speaker,) = voices(world)
    assert speaker == imitate(cameo.voice, "@rex")
    heard = measure(say("We have seen the last of the summer.", speaker).sound, RATE)
    assert heard.pitch == pytest.approx(120, rel=0.12)
    before = measure(say("We have seen the last of the summer.", replace(speaker, tone=())).sound, RATE)
    far, near = (np.abs(np.array(it.tone) - np.array(cameo.voice.tone)).mean() for it in (before, heard))
    assert near < 0.7 * far  # another sentence has bands of its own
