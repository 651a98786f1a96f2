"""The public surface, frozen: a change here is meant, told in the changelog, and shown to users."""

import inspect

import pytest

import sora2lib
from sora2lib.cli import parser

SURFACE = {
    "Cameo": "name noun kind frames fps head colour voice grant",
    "CameoError": "",
    "Camera": "moves",
    "Card": "text seconds camera image",
    "Clip": "frames fps sound rate world start request maker notices parents soundtrack cameos",
    "Comparison": "rows",
    "Consent": "subject uses audience until",
    "ConsentError": "",
    "Difference": "actor channel before after time",
    "Fit": "start sure notes picture",
    "InspectError": "",
    "Levels": "effects ambience music speech",
    "MediaError": "",
    "ModelError": "",
    "Pose": "eye target roll fov",
    "Report": "title source study checks reference_NTD clip pixel_NT2 notes world camera",
    "Request": "prompt seconds size fps seed model style physics steps guidance camera sound start",
    "RequestError": "",
    "Seen": "colour x y width height speed",
    "Sora2Error": "",
    "Soundtrack": "track start mix levels",
    "Start": "things horizon fov ground light weather backdrop",
    "Stems": "effects ambience music speech rate",
    "Step": None,
    "Stopped": "",
    "Storyboard": "cards setting",
    "World": None,
    "WorldError": "",
    "activations": "prompt * seconds seed model steps guidance",
    "blend": "one other seconds",
    "compare": "models * family by truths takes measures each",
    "diff": "before after",
    "draw": "world * size fps seconds sound",
    "dub": "clip track * mix start levels actor beats",
    "extend": "clip prompt * seconds seed model steps guidance camera",
    "fit": "picture * fov backdrop",
    "generate": "prompt * seconds size fps seed model style physics steps guidance camera sound start",
    "inspect": "clip * by scale diameter shapes",
    "listen": "clip",
    "load": "path",
    "loop": "clip seconds prompt * seed model steps guidance",
    "refilm": "clip camera * style size fps",
    "remix": "clip prompt * strength keep change seed model guidance",
    "retake": "clip start end prompt * actor seed model steps guidance",
    "simulate": "family * seed seconds size fps sound",
    "speed": "clip times",
    "stems": "clip",
    "steps": "prompt * seconds seed model style steps guidance camera start",
    "stitch": "clips",
    "sweep": "prompts * seeds guidance seconds size more",
    "use_voice": "engine",
}
CLIP = ["dub", "extend", "frame", "load", "loop", "refilm", "remix", "retake", "save", "seconds", "sheet", "size"]
CLIP += ["speed", "stems"]
REPORT = ["annotated", "horizon_N", "measured", "numbers", "passed", "plot", "poster", "save", "to_pandas", "to_xarray"]
REPORT += ["tracks", "verdict", "violations", "what_if"]
OPTIONS = {
    "make": "--backdrop --camera --force --fps --guidance --model --no-sound --out --physics --quiet --seconds --seed "
    "--size --start --steps --style prompt",
    "storyboard": "--force --fps --guidance --model --no-sound --out --physics --quiet --seed --size --steps "
    "--style file",
    "simulate": "--force --fps --no-sound --out --quiet --seconds --seed --size family",
    "refilm": "--camera --force --fps --out --quiet --size --style file",
    "extend": "--camera --force --guidance --model --out --quiet --seconds --seed --size --steps file prompt",
    "remix": "--change --force --guidance --keep --model --out --quiet --seed --size --strength file prompt",
    "retake": "--actor --end --force --guidance --model --out --quiet --seed --size --start --steps file prompt",
    "loop": "--force --guidance --model --out --quiet --seconds --seed --size --steps file prompt",
    "speed": "--force --out --quiet --size file times",
    "stitch": "--force --out --quiet files",
    "blend": "--force --out --quiet --seconds file other",
    "dub": "--actor --beats --force --levels --mix --out --quiet --size --start file track",
    "record": "--name --noun --quiet --spoken --subject --until --uses --voice file",
    "cameos": "name",
    "revoke": "name",
    "train": "--data --device --lessons --quiet --rate --rows --run --seed --shards --steps",
    "info": "--json file",
    "inspect": "--by --diameter --force --html --scale --shapes file",
}


def parameters(value):
    words = []
    for parameter in inspect.signature(value).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        words.append(parameter.name)
    return " ".join(words)


def test_names_are_these():
    assert sorted(sora2lib.__all__) == sorted(SURFACE)
    assert set(dir(sora2lib)) == {*SURFACE, "__version__"}
    with pytest.raises(AttributeError, match="no attribute 'Modle'"):
        _ = sora2lib.Modle


@pytest.mark.parametrize("name", SURFACE)
def test_every_name_resolves_with_its_parameters_and_words(name):
    value = getattr(sora2lib, name)
    assert inspect.getdoc(value)
    if SURFACE[name]:
        assert parameters(value) == SURFACE[name]


def test_errors_are_one_tree():
    for name in SURFACE:
        if name.endswith("Error") or name == "Stopped":
            assert issubclass(getattr(sora2lib, name), sora2lib.Sora2Error)


def test_what_a_clip_can_do():
    own = [name for name in vars(sora2lib.Clip) if not name.startswith("_")]
    fields = SURFACE["Clip"].split()
    assert sorted(set(own) - set(fields)) == CLIP


def test_what_a_report_can_do():
    own = [name for name in vars(sora2lib.Report) if not name.startswith("_")]
    assert sorted(set(own) - set(SURFACE["Report"].split())) == REPORT


def test_the_command_line_is_this():
    commands = next(action for action in parser()._actions if action.choices).choices
    seen = {
        name: " ".join(sorted((a.option_strings or [a.dest])[-1] for a in command._actions if a.dest != "help"))
        for name, command in commands.items()
    }
    assert seen == OPTIONS
