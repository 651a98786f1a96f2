"""Any other noun: words find pictures, pictures measure what their bodies do, the recipe does what it says."""

import io
import json
import tarfile

import numpy as np
import pytest

from sora2lib import media
from sora2lib.errors import ModelError, WorldError
from sora2lib.train import nouns as recipe
from sora2lib.train.words import WordNet
from sora2lib.world import cutouts, nouns
from sora2lib.world.assets import ASSETS
from sora2lib.world.vocabulary import COLOURS, MATERIALS

# Common names of things, written down before the pictures were looked through.
_COMMON = """
dog,cat,horse,cow,pig,sheep,goat,chicken,duck,rabbit,mouse,elephant,lion,tiger,bear,monkey,snake,frog,fish,shark,whale
butterfly,bee,spider,ant,apple,banana,orange,lemon,strawberry,grape,potato,tomato,carrot,onion,corn,bread,cheese,egg
milk,butter,meat,sausage,pizza,hamburger,french fries,sandwich,soup,rice,cake,cookie,chocolate,ice cream,candy,coffee
chair,table,bed,sofa,lamp,door,window,mirror,clock,key,lock,candle,cup,plate,bowl,bottle,spoon,fork,knife,frying pan
kettle,fridge,oven,toaster,bucket,broom,soap,towel,toothbrush,blanket,pillow,curtain,carpet,basket,box,bag,umbrella
ladder,rope,bathtub,hammer,nail,screwdriver,saw,axe,drill,scissors,needle,brush,pencil,pen,book,newspaper,envelope
paper,ruler,computer,keyboard,phone,television,radio,camera,battery,light bulb,magnet,telescope,microscope,robot,shovel
wheel,shirt,trousers,dress,skirt,coat,hat,cap,shoe,boot,sock,glove,scarf,belt,tie,ring,necklace,watch,glasses,crown
backpack,car,bus,truck,train,bicycle,motorcycle,airplane,helicopter,rocket,boat,ship,submarine,tractor,ambulance
fire engine,taxi,hot air balloon,skateboard,sled,tree,flower,rose,grass,leaf,mushroom,cactus,mountain,volcano,island
sun,moon,star,cloud,rainbow,snowman,fire,rock,feather,bone,house,castle,church,bridge,tent,hospital,fence,guitar,piano
violin,drum,trumpet,ball,kite,doll,teddy bear
"""
COMMON = _COMMON.strip().replace("\n", ",").split(",")


def test_most_common_nouns_are_found():
    found = [match for match in map(nouns.lookup, COMMON) if match]
    assert len(COMMON) == len(set(COMMON)) == 200
    assert len(found) >= 188
    assert sum(match.sure for match in found) >= 178


@pytest.mark.parametrize(
    ("phrase", "asset"),
    [
        ("french fries", "noun:french fries"),
        ("two spotted jellyfish", "noun:jellyfish"),
        ("three white mice", "noun:mouse"),
        ("croissants", "noun:croissant"),
        ("a firewoman", "noun:firefighter"),
        ("a band-aid", "noun:adhesive bandage"),
        ("a bowl of noodles", "noun:steaming bowl"),
        ("the tall hedgehogs", "noun:hedgehog"),
        ("prawns", "noun:shrimp"),
        ("T-REX", "noun:T-Rex"),
        ("the croissant on the book", "noun:croissant"),
    ],
)
def test_plurals_synonyms_and_longer_names_are_found(phrase, asset):
    assert nouns.lookup(phrase).asset == asset


def test_a_modelled_thing_comes_before_its_picture():
    for asset in ASSETS.values():
        assert nouns.lookup(asset.name).asset == asset.name
    assert nouns.lookup("footballs").asset == "football"


def test_what_only_stands_in_says_so():
    assert nouns.lookup("tree").sure
    assert nouns.lookup("willow") == nouns.Match("tree", "willow", False, 0, 6)
    assert not nouns.lookup("spaniel").sure


@pytest.mark.parametrize("phrase", ["quasar", "flurbs", "", "the", "justice", "Δεν ξέρω", "<b>"])
def test_what_is_not_known_is_said(phrase):
    assert nouns.lookup(phrase) is None
    with pytest.raises(WorldError, match="nothing here looks like"):
        nouns.find(phrase)


def test_a_slip_of_the_pen_gets_a_hint():
    with pytest.raises(WorldError, match="did you mean 'hippopotamus'"):
        nouns.find("hipopotamus")


@pytest.mark.parametrize(
    ("text", "assets"),
    [
        ("A croissant rolls down the stairs and hits a jellyfish", ["noun:croissant", "stairs", "noun:jellyfish"]),
        ("The hedgehog can bear the cold", ["noun:hedgehog"]),
        ("Watch two jellyfish fly over a small green ball", ["noun:jellyfish", "ball"]),
        ("a fly can fly, so fly it", ["noun:fly"]),
        ("Hot dog. French fries!", ["noun:hot dog", "noun:french fries"]),
        ("it is what it is", []),
        ("An old man waves at two ninjas", ["man", "man"]),
        ("a woman firefighter and an astronaut walk", ["woman", "woman"]),
        ("Something does a flip", []),
        ("A small rose bamboo ball drops onto a rose", ["ball", "noun:rose"]),
        ("a lemon yellow puck, a lemon, a lemon on a ball", ["puck", "lemon", "lemon", "ball"]),
        ("a crowd of metal drums and one drum in the moonlight", ["cylinder", "cylinder"]),
    ],
)
def test_a_text_names_things_but_not_by_its_verbs(text, assets):
    found = nouns.mentions(text)
    assert [match.asset for match in found] == assets
    for match in found:
        assert text[match.start : match.stop].lower().startswith(match.word[:2].lower())


def test_every_picture_has_a_plausible_body():
    catalogue = cutouts.catalogue()
    assert len(catalogue) == len(recipe.read_table()) > 1300
    for cutout in catalogue.values():
        x, y, z = cutout.size
        assert 0.004 <= max(x, z) <= 100
        assert y == pytest.approx(0.15 * z, rel=2e-3)
        assert 1 <= cutout.density < 12_000
        assert cutout.material in MATERIALS
        assert not cutout.round or x == z
    elephant, cat, ant = (catalogue[name].kilograms for name in ("elephant", "cat", "ant"))
    assert elephant > 500 * cat > 500_000 * ant / 2


@pytest.mark.parametrize("name", ["pizza", "wheel", "french fries"])
def test_a_body_weighs_and_measures_what_the_catalogue_says(name):
    cutout, asset = cutouts.catalogue()[name], cutouts.asset(f"noun:{name}")
    assert cutouts.asset(name) == asset
    assert (asset.materials, asset.rooted, asset.colours[0] in COLOURS) == ((cutout.material,), False, True)
    assert asset.fill * MATERIALS[cutout.material].density == pytest.approx(cutout.density)
    part, size = asset.parts[0], np.array(asset.size)
    half = np.array(part.half) @ size
    if cutout.round:
        assert (part.shape, asset.rolls) == ("cylinder", True)
        assert half == pytest.approx([size[0] / 2, size[2] / 2, size[1] / 2])
        volume = 2 * np.pi * half[0] ** 2 * half[2]
    else:
        assert part.shape == "box"
        assert half == pytest.approx(size / 2)
        volume = 8 * half.prod()
    assert volume * cutout.density == pytest.approx(cutout.kilograms)


@pytest.mark.parametrize("name", [*list(cutouts.catalogue())[::60], "pizza"])
def test_a_picture_fills_its_body(name):
    picture, cutout = cutouts.picture(f"noun:{name}"), cutouts.catalogue()[name]
    height, width = picture.shape[:2]
    solid = picture[..., 3] >= 100
    assert max(height, width) <= recipe.LONGEST
    assert all(side.any() for side in (solid[0], solid[-1], solid[:, 0], solid[:, -1]))
    assert cutout.size[0] / cutout.size[2] == pytest.approx(width / height, rel=0.06 if cutout.round else 0.002)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("pizza", "pizzas"),
        ("french fries", "french fries"),
        ("mouse", "mice"),
        ("cherry", "cherries"),
        ("glass of milk", "glasses of milk"),
        ("person in bed", "people in bed"),
        ("tooth", "teeth"),
        ("kitchen knife", "kitchen knives"),
        ("fox", "foxes"),
        ("ox", "oxen"),
        ("leaf", "leaves"),
        ("monkey", "monkeys"),
        ("tropical fish", "tropical fish"),
    ],
)
def test_names_of_several(one, many):
    assert cutouts.plural(one) == many


def test_a_picture_that_is_not_there_is_told():
    assert cutouts.asset("noun:quasar") is None
    with pytest.raises(WorldError, match="no picture of 'quasar'"):
        cutouts.picture("quasar")


def test_the_library_names_modelled_things_first():
    library = cutouts.Library(ASSETS)
    assert [name in library for name in ("noun:pizza", "ball", "quasar")] == [True, True, False]
    assert len(list(library)) == len(library) == len(ASSETS) + len(cutouts.catalogue())
    assert list(library)[: len(ASSETS)] == list(ASSETS)


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in cutouts.DATA.iterdir()) < 8e6


def disc(side, *, hole=0.0, colour=(200, 40, 40)):
    y, x = np.mgrid[:side, :side] + 0.5
    radius = np.hypot(x - side / 2, y - side / 2) / (side / 2)
    picture = np.zeros((side, side, 4), np.uint8)
    picture[..., :3] = colour
    picture[..., 3] = np.where((radius <= 1) & (radius >= hole), 255, 0)
    return picture


def test_round_is_what_would_roll():
    square = np.full((80, 80, 4), 255, np.uint8)
    shapes = (disc(80), disc(80, hole=0.6), square, disc(80)[:60])
    assert [recipe.is_round(it) for it in shapes] == [True, True, False, False]


def test_cropping_keeps_the_solid_extents():
    picture = np.pad(disc(40), ((7, 3), (11, 2), (0, 0)))
    picture[0, 0, 3] = recipe.SOLID - 1
    assert np.array_equal(recipe.crop(picture), disc(40))


def test_shrinking_averages_what_is_seen():
    picture = np.zeros((8, 4, 4), np.uint8)
    picture[..., 0], picture[:, :2, 3] = 90, 255
    picture[:, 2:, 0] = 10  # unseen, so it must not tint
    small = recipe.shrink(picture, longest=4)
    assert small.shape == (4, 2, 4)
    assert small[:, 0].tolist() == [[90, 0, 0, 255]] * 4
    assert small[:, 1, 3].tolist() == [0] * 4
    assert recipe.shrink(picture, longest=2)[0, 0].tolist() == [90, 0, 0, 128]


def test_webp_keeps_what_a_cutout_needs():
    picture = disc(64)
    again = media.cutout(media.cutout_file(picture))
    assert np.array_equal(again[..., 3], picture[..., 3])
    assert np.abs(again[20:40, 20:40].astype(int) - picture[20:40, 20:40]).max() < 12


def test_the_table_is_checked(tmp_path):
    head = "code\tname\tmetres\tkilograms\tmaterial\talso\n"
    path = tmp_path / "nouns.tsv"
    for row, rule in (
        ("1\tball\t0.1\t1\trubber\tsphere\n2\tegg\t0.1\t1\tstone\tsphere\n", "name .'sphere'. twice"),
        ("1\tball\t0.1\t1\trubber\t\n1\tegg\t0.1\t1\tstone\t\n", "code .'1'. twice"),
        ("1\tball\t0\t1\trubber\t\n", "above 0"),
        ("1\tball\t0.1\t1\tcheese\t\n", "'cheese'"),
    ):
        path.write_text(head + row)
        with pytest.raises(ModelError, match=rule):
            recipe.read_table(path)


def tiny_wordnet():
    words = {"1": ["animal"], "2": ["dog"], "3": ["spaniel"], "4": ["artifact"], "5": ["dog"], "6": ["canis_xyz"]}
    above = {"2": "1", "3": "2", "5": "4", "6": "2"}
    senses = {("noun", word): [] for names in words.values() for word in names}
    for sense, names in words.items():
        for word in names:
            senses["noun", word].append(sense)
    pointers = {s: [("@", ("noun", above[s]))] if s in above else [] for s in words}
    return WordNet(senses, {("noun", s): (words[s], pointers[s]) for s in words}, {})


def test_kinds_follow_the_sense_of_the_group():
    row = recipe.Row("1", "dog", 1.0, 1.0, "foam", (), ())
    assert recipe.find_kinds([row], {"1": (3, 34)}, tiny_wordnet()) == {"dog": ["spaniel"]}
    assert recipe.find_kinds([row], {"1": (7, 78)}, tiny_wordnet()) == {}


def archive(path, files):
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_the_recipe_repeats_itself_byte_for_byte(tmp_path, monkeypatch):
    row = recipe.Row("1f534", "disc", 0.3, 2.0, "rubber", ("dot",), ("hole",))
    monkeypatch.setattr(recipe, "read_table", lambda: [row])
    monkeypatch.setattr(recipe, "read_wordnet", lambda _: tiny_wordnet())
    data = json.dumps([{"hexcode": "1F534-FE0F", "group": 8, "subgroup": 96}]).encode()
    picture = media.cutout_file(np.pad(disc(200), ((9, 9), (9, 9), (0, 0))))
    archives = (
        archive(tmp_path / "pictures", {"assets/1f534-fe0f.webp": picture}),
        archive(tmp_path / "groups", {"en/data.json": data}),
    )
    with pytest.raises(ModelError, match="not the archive of this recipe"):
        recipe.rebuild(*archives, tmp_path, folder=tmp_path / "data")
    for name, path in zip(("FLUENT_SHA256", "EMOJIBASE_SHA256"), archives, strict=True):
        monkeypatch.setattr(recipe, name, recipe.hashlib.sha256(path.read_bytes()).hexdigest())
    for folder in ("one", "two"):
        recipe.rebuild(*archives, tmp_path, folder=tmp_path / folder)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    made = json.loads(one["nouns.json"])["nouns"]["disc"]
    assert [made["round"], made["size"], made["like"]] == [True, [0.3, 0.045, 0.3], ["hole"]]
    assert made["colour"] == pytest.approx([200 / 255, 40 / 255, 40 / 255], abs=0.01)
