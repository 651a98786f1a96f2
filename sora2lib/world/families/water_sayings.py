"""What people say of leaps from a paddleboard and of Vikings on the sea."""

from sora2lib.world.grammar import Key

SAYINGS: dict[Key, tuple[str, ...]] = {
    ("paddleboard", "back flip", ""): (
        "{s} [do] a backflip on {t}", "{s} [do] a back flip on {t}", "{s} [do] a backflip off {t}",
        "{s} [perform] a backflip on {t}", "{s} [flip] backwards on {t}", "{s} [jump] and [do] a backflip on {t}",
        "{s} [try] a backflip on {t}", "{s} [stand] on {t} and [do] a backflip", "{s} [turn] a back somersault on {t}",
        "{s} [do] a backward somersault from {t} on the water", "{s} [throw] a backflip on {t}",
        "!let {s} do a backflip on {t}", "=a backflip of {s} on {t}", "=a back flip on {t} by {s}",
        "~{s} [execute] a back tuck on {t}", "~{s} [whirl] backwards above {t}", "~{s} [spring] backwards off {t}",
        "~{s} [go] heels over head on {t}", "~!have {s} execute a back tuck on {t}", "~=a back tuck by {s} on {t}",
    ),
    ("paddleboard", "front flip", ""): (
        "{s} [do] a front flip on {t}", "{s} [do] a frontflip on {t}", "{s} [do] a somersault on {t}",
        "{s} [perform] a front flip on {t}", "{s} [flip] forwards on {t}", "{s} [jump] and [do] a front flip on {t}",
        "{s} [try] a front flip on {t}", "{s} [stand] on {t} and [do] a front flip", "{s} [turn] a somersault on {t}",
        "{s} [do] a forward somersault from {t} on the water", "!let {s} do a front flip on {t}",
        "=a front flip of {s} on {t}", "=a somersault on {t} by {s}", "~{s} [execute] a front tuck on {t}",
        "~{s} [whirl] forwards above {t}", "~{s} [spring] forwards off {t}", "~{s} [go] head over heels on {t}",
        "~!have {s} execute a front tuck on {t}", "~=a front tuck by {s} on {t}",
    ),
    ("paddleboard", "jump", ""): (
        "{s} [jump] on {t}", "{s} [jump] up on {t}", "{s} [jump] on {t} on the water", "{s} [make] a jump on {t}",
        "{s} [stand] on {t} and [jump]", "{s} [jump] into the air from {t}", "{s} [crouch] on {t} and [jump]",
        "{s} [jump] up from {t}", "{s} [jump] high on {t}", "{s} [swing] the arms and [jump] on {t}",
        "!let {s} jump on {t}", "=a jump of {s} on {t}", "=a jump from {t} by {s}", "~{s} [leap] up on {t}",
        "~{s} [spring] from {t}", "~{s} [hop] on {t}", "~{s} [bounce] up from {t}", "~!have {s} leap on {t}",
    ),
    **{
        ("paddleboard", action, "lands"): (
            f"{{s}} [do] a {flip} on {{t}} and [land] on it again", f"{{s}} [land] a {flip} on {{t}}",
            f"{{s}} [do] a {flip} and [land] on {{t}}", f"{{s}} [do] a {flip} on {{t}} and [stay] on the feet",
            f"{{s}} [do] a perfect {flip} on {{t}}", f"{{s}} [do] a {flip} on {{t}}, which [rock] and [drift]",
            f"!let {{s}} land a {flip} on {{t}}", f"=a landed {flip} of {{s}} on {{t}}",
            f"~{{s}} [stick] a {flip} on {{t}}", f"~{{s}} [nail] a {flip} on {{t}}",
            f"~{{s}} [do] a {flip} on {{t}} without getting wet",
        )
        for action, flip in (("back flip", "backflip"), ("front flip", "front flip"), ("jump", "jump"))
    },
    **{
        ("paddleboard", action, "falls in"): (
            f"{{s}} [do] a {flip} on {{t}} and [fall] into the water", f"{{s}} [do] a {flip} off {{t}} into the water",
            f"{{s}} [miss] {{t}} after a {flip}", f"{{s}} [try] a {flip} on {{t}} and [land] in the water",
            f"{{s}} [fail] a {flip} on {{t}} and [get] wet", f"{{s}} [do] a {flip} on {{t}} but [fall] in",
            f"!let {{s}} do a {flip} from {{t}} into the water", f"=a {flip} of {{s}} from {{t}} into the water",
            f"~{{s}} [botch] a {flip} on {{t}} and [splash] in", f"~{{s}} [plunge] off {{t}} in a {flip}",
            f"~{{s}} [attempt] a {flip} on {{t}} and [end] up soaked",
        )
        for action, flip in (("back flip", "backflip"), ("front flip", "front flip"), ("jump", "jump"))
    },
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("paddleboard", "back flip", ""): ("backflip on a paddleboard", "paddleboard backflip", "~back tuck on a SUP"),
    ("paddleboard", "front flip", ""): ("front flip on a paddleboard", "board somersault", "~front tuck on a SUP"),
    ("paddleboard", "jump", ""): ("jump on a paddleboard", "jumping on a paddleboard", "~leap on a SUP"),
    **{
        ("paddleboard", action, outcome): words
        for action in ("back flip", "front flip", "jump")
        for outcome, words in (
            ("lands", (f"landed {action} on a paddleboard", f"{action} landed on the board", "~stuck landing afloat")),
            ("falls in", (f"{action} into the water", f"failed {action} on a paddleboard", "~splash off a SUP")),
        )
    },
}  # fmt: skip
