"""The command line: ``sora2lib make``, and whatever else ``sora2lib --help`` lists.

Here is what can be asked; ``commands`` and ``edits`` do it, and import what they need when they need it, so that
``--help`` and a mistyped option answer at once.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from sora2lib import __version__
from sora2lib.camera import Camera
from sora2lib.cli import commands, edits, people
from sora2lib.consent import USES
from sora2lib.errors import RequestError, Sora2Error
from sora2lib.levels import Levels
from sora2lib.request import MODEL, PARTS, PHYSICS, Edit
from sora2lib.world.vocabulary import STYLES

USER_ERROR, INTERRUPTED = 2, 130
CAMERA = "such as 'orbit left 90 for 3 s, then zoom in 2', or a .csv or .json file (the model's own, or as it is)"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 2 after a user's error, 130 after Ctrl-C."""
    try:
        asked = parser().parse_args(arguments)
        asked.command(asked)
    except Sora2Error as error:
        print(f"sora2lib: error: {' '.join(str(error).split())}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("sora2lib: stopped; no file was written", file=sys.stderr)
        return INTERRUPTED
    return 0


class Parser(argparse.ArgumentParser):
    """Tells of a mistake in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise RequestError(f"{message}; see {self.prog} --help")


def parser() -> Parser:
    """Return the parser of all commands."""
    top = Parser(prog="sora2lib", description="A sentence becomes a clip with picture and sound.")
    top.add_argument("--version", action="version", version=f"sora2lib {__version__}")
    verbs = top.add_subparsers(metavar="COMMAND", required=True)

    make = verbs.add_parser("make", help="make a clip from a sentence")
    make.add_argument("prompt", metavar="PROMPT", help='what shall be seen and heard, such as "a red ball bounces"')
    _add_length(make)
    _add_film_options(make)
    make.add_argument("--camera", type=_camera, metavar="MOVES", help=CAMERA)
    make.add_argument("--start", metavar="FILE", help="a picture or a film whose first moment is that of the clip")
    make.add_argument("--backdrop", action="store_true", help="let the picture of --start hang behind the world")
    _add_choices(make)
    _add_silence(make)
    make.set_defaults(command=commands.make)

    storyboard = verbs.add_parser("storyboard", help="make a clip of several shots, from the cards in a file")
    storyboard.add_argument("file", metavar="FILE", help=".json of Storyboard.to_json(), or text: '0.00-2.40 - a ball'")
    _add_film_options(storyboard)
    _add_choices(storyboard)
    _add_silence(storyboard)
    storyboard.set_defaults(command=commands.storyboard)

    simulate = verbs.add_parser("simulate", help="make a clip of a simulated scene, without a model")
    simulate.add_argument("family", metavar="FAMILY", help="a kind of scene, such as drop or basketball")
    _add_length(simulate)
    _add_film_options(simulate)
    _add_silence(simulate)
    simulate.set_defaults(command=commands.simulate)

    refilm = verbs.add_parser("refilm", help="film the world in a file again")
    refilm.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    refilm.add_argument("--camera", type=_camera, metavar="MOVES", help=CAMERA)
    refilm.add_argument("--style", help=f"one of {', '.join(STYLES)} (as it is)")
    refilm.add_argument("--size", metavar="WxH", help="pixels (as was asked, or 1280x720)")
    refilm.add_argument("--fps", type=float, metavar="N", help="frames a second, 1 to 60 (as it is)")
    _add_output_options(refilm)
    refilm.set_defaults(command=edits.refilm)

    extend = verbs.add_parser("extend", help="go on from the end of the clip in a file")
    extend.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    extend.add_argument("prompt", metavar="PROMPT", help='what shall happen next, such as "it rolls off a table"')
    extend.add_argument("--seed", type=int, metavar="N", help="the same seed goes on the same way (drawn)")
    extend.add_argument("--seconds", type=float, default=4.0, metavar="S", help="how much is added (%(default)s)")
    _add_size_and_model(extend)
    extend.add_argument("--camera", type=_camera, metavar="MOVES", help=CAMERA)
    _add_model_options(extend)
    _add_output_options(extend)
    extend.set_defaults(command=edits.extend)

    remix = verbs.add_parser("remix", help="change what words name in the clip in a file, and nothing else")
    remix.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    remix.add_argument("prompt", metavar="PROMPT", help='what shall be otherwise, such as "the ball is blue"')
    remix.add_argument("--strength", type=float, default=Edit.strength, metavar="X", help="0 to 1 (%(default)s)")
    remix.add_argument("--keep", type=_parts, default=(), metavar="PARTS", help=f"that stay: any of {', '.join(PARTS)}")
    remix.add_argument("--change", type=_parts, metavar="PARTS", help="the only ones that may change (all)")
    remix.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same change (drawn)")
    _add_size_and_model(remix)
    remix.add_argument("--guidance", type=float, metavar="X", help="how strongly to follow the words (the model's)")
    _add_output_options(remix)
    remix.set_defaults(command=edits.remix)

    retake = verbs.add_parser("retake", help="plan some seconds of the clip in a file anew, or one actor in them")
    _add_file_and_words(retake)
    retake.add_argument("--start", type=float, default=0.0, metavar="S", help="second from which (%(default)s)")
    retake.add_argument("--end", type=float, metavar="S", help="second up to which (its end)")
    retake.add_argument("--actor", metavar="NAME", help="the only one that moves otherwise (all, and the camera)")
    retake.add_argument("--seed", type=int, metavar="N", help="another seed is another take (drawn)")
    _add_size_and_model(retake)
    _add_model_options(retake)
    _add_output_options(retake)
    retake.set_defaults(command=edits.retake)

    loop = verbs.add_parser("loop", help="let the end of the clip in a file meet its start")
    _add_file_and_words(loop)
    loop.add_argument("--seconds", type=float, default=1.0, metavar="S", help="planned anew at its end (%(default)s)")
    loop.add_argument("--seed", type=int, metavar="N", help="another seed is another way back (drawn)")
    _add_size_and_model(loop)
    _add_model_options(loop)
    _add_output_options(loop)
    loop.set_defaults(command=edits.loop)

    speed = verbs.add_parser("speed", help="play the world in a file faster or slower")
    speed.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    speed.add_argument("times", metavar="TIMES", type=float, help="0.1 to 10; 0.5 takes twice as long")
    speed.add_argument("--size", metavar="WxH", help="pixels (as was asked, or 1280x720)")
    _add_output_options(speed)
    speed.set_defaults(command=edits.speed)

    stitch = verbs.add_parser("stitch", help="show the clips in files one behind the other")
    stitch.add_argument("files", metavar="FILE", nargs="+", help="films of one size and one rate")
    _add_output_options(stitch)
    stitch.set_defaults(command=edits.stitch)

    blend = verbs.add_parser("blend", help="let the clip in a file dissolve into that in another")
    blend.add_argument("file", metavar="FILE", help="a film")
    blend.add_argument("other", metavar="OTHER", help="a film of the same size and rate")
    blend.add_argument("--seconds", type=float, default=1.0, metavar="S", help="that both are seen (%(default)s)")
    _add_output_options(blend)
    blend.set_defaults(command=edits.blend)

    dub = verbs.add_parser("dub", help="let another sound be heard with the clip in a file, or its own at other levels")
    dub.add_argument("file", metavar="FILE", help="a film, ours or anyone's")
    dub.add_argument("track", metavar="TRACK", nargs="?", help="a file of sound or film (what was given before)")
    dub.add_argument("--mix", type=float, metavar="X", help="share of the track, 0 to 1 (1; without one, as it was)")
    dub.add_argument("--start", type=float, default=0.0, metavar="S", help="second where it begins (%(default)s)")
    dub.add_argument("--levels", type=Levels.parse, metavar="GAINS", help="of its own sound: music=0,speech=1.5")
    dub.add_argument("--actor", metavar="NAME", help="whose mouth moves with the track; drawn anew")
    dub.add_argument("--beats", action="store_true", help="blows, landings and steps fall on its onsets; drawn anew")
    dub.add_argument("--size", metavar="WxH", help="pixels, where it is drawn anew (as was asked, or 1280x720)")
    _add_output_options(dub)
    dub.set_defaults(command=edits.dub)
    _add_people(verbs)

    train = verbs.add_parser("train", help="train a model from nothing but a seed; stop and go on at will")
    train.add_argument("--run", type=Path, default="runs/small", metavar="DIR", help="what is learned (%(default)s)")
    train.add_argument("--data", type=Path, default="data/worlds", metavar="DIR", help="simulated (%(default)s)")
    train.add_argument("--shards", type=int, default=200, metavar="N", help="of 256 worlds each (%(default)s)")
    train.add_argument("--steps", type=int, default=20_000, metavar="N", help="of gradient descent (%(default)s)")
    train.add_argument("--rows", type=int, default=3_000, metavar="N", help="a step; 40000 on a GPU (%(default)s)")
    train.add_argument("--rate", type=float, default=1e-3, metavar="R", help="of learning; 2e-3 on a GPU (%(default)s)")
    train.add_argument("--lessons", type=float, default=1.0, metavar="X", help="share of their steps (%(default)s)")
    train.add_argument("--device", default="cpu", help="cpu or cuda (%(default)s)")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="(%(default)s)")
    train.add_argument("--quiet", action="store_true", help="print errors only")
    train.set_defaults(command=commands.train)

    look = verbs.add_parser("inspect", help="hold films against physics: what moves, how, what is wrong")
    look.add_argument("file", metavar="FILE", nargs="+", help="a film, ours or anyone's; several are told in a table")
    look.add_argument("--html", metavar="FILE", help="write the report on one film as a page")
    look.add_argument("--by", help="world or pixels (the world, where the file tells it)")
    look.add_argument("--scale", type=float, metavar="M", help="metres that a pixel is (from how things fall)")
    look.add_argument("--diameter", type=float, metavar="M", help="metres across the thing that is seen first")
    look.add_argument("--shapes", default="balls", help="balls or discs, for their masses (%(default)s)")
    look.add_argument("--force", action="store_true", help="overwrite the page")
    look.set_defaults(command=commands.inspect)

    info = verbs.add_parser("info", help="tell about a file, or about this installation")
    info.add_argument("file", metavar="FILE", nargs="?", help="a file that sora2lib wrote")
    info.add_argument("--json", action="store_true", help="print the request in the file as JSON")
    info.set_defaults(command=commands.info)
    return top


def _add_people(verbs: Any) -> None:
    record = verbs.add_parser("record", help="make a cameo, @NAME in prompts, of a film or a picture, with consent")
    record.add_argument("file", metavar="FILE", help="a film of 2 to 10 s, or a picture")
    record.add_argument("--name", required=True, help="small letters, digits or _, such as rex")
    record.add_argument("--noun", required=True, help="what it is, in a word that prompts know, such as dog")
    record.add_argument("--subject", required=True, metavar="WHO", help="who is shown, and who agrees to it for them")
    record.add_argument("--uses", type=_parts, default=USES, help=f"what for: any of {', '.join(USES)} (all)")
    record.add_argument("--until", metavar="DAY", help="from which it no longer holds, such as 2035-01-01 (no end)")
    record.add_argument("--voice", metavar="FILE", help="for a picture: a sound or a film in which it is heard")
    record.add_argument("--spoken", metavar="FILE", help="a sound or a film in which whoever agrees says so")
    record.add_argument("--quiet", action="store_true", help="print errors only")
    record.set_defaults(command=people.record)

    cameos = verbs.add_parser("cameos", help="list your cameos, or every clip with one of them, drafts as well")
    cameos.add_argument("name", metavar="NAME", nargs="?", help="of a cameo")
    cameos.set_defaults(command=people.cameos)

    revoke = verbs.add_parser("revoke", help="take the consent of a cameo back, for good")
    revoke.add_argument("name", metavar="NAME", help="of a cameo")
    revoke.set_defaults(command=people.revoke)


def _add_length(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seconds", type=float, default=4.0, metavar="S", help="length, 0.5 to 120 (%(default)s)")


def _add_file_and_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="a file that sora2lib wrote")
    command.add_argument("prompt", metavar="PROMPT", nargs="?", help="what shall happen there (as was asked last)")


def _add_size_and_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("--size", metavar="WxH", help="pixels (as was asked, or 1280x720)")
    command.add_argument("--model", help="name of the weights, or a .safetensors file (the one that made the clip)")


def _add_film_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same clip (drawn)")
    command.add_argument("--size", default="1280x720", metavar="WxH", help="pixels (%(default)s)")
    command.add_argument("--fps", type=float, default=24, metavar="N", help="frames a second, 1 to 60 (%(default)s)")
    _add_output_options(command)


def _add_silence(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-sound", dest="sound", action="store_false", help="leave the clip silent")


def _add_choices(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", default=MODEL, help="name of the weights, or a .safetensors file (%(default)s)")
    command.add_argument("--style", default=STYLES[0], help=f"one of {', '.join(STYLES)} (%(default)s)")
    exact = "model, or exact to simulate from its start (%(default)s)"
    command.add_argument("--physics", default=PHYSICS[0], help=exact)
    _add_model_options(command)


def _add_model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--steps", type=int, metavar="N", help="denoising steps (the model's own)")
    command.add_argument("--guidance", type=float, metavar="X", help="how strongly to follow the prompt (the model's)")


def _add_output_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="clip.mp4", metavar="FILE", help="mp4, webm, gif, webp, png, wav or nc")
    command.add_argument("--force", action="store_true", help="overwrite FILE")
    command.add_argument("--quiet", action="store_true", help="print errors only")


def _camera(text: str) -> Camera:
    """Read what stands behind --camera: a file, or words."""
    if text.endswith(".csv"):
        return Camera.from_csv(text)
    if text.endswith(".json"):
        try:
            return Camera.from_json(Path(text).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"{text} cannot be read ({error}); write one with Camera.to_json()") from error
    return Camera.parse(text)


def _parts(text: str) -> tuple[str, ...]:
    """Read what stands behind --keep and --change: names with commas between."""
    return tuple(part.strip() for part in text.split(","))
