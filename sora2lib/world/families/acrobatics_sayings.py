"""What people say of cartwheels and jumps with a turn; :mod:`sora2lib.world.grammar` has the notation."""

from sora2lib.world.grammar import Key

SAYINGS: dict[Key, tuple[str, ...]] = {
    ("acrobatics", "cartwheel", ""): (
        "{s} [do] a cartwheel{d}", "{s} [turn] a cartwheel{d}", "{s} [do] a cartwheel on {floor}",
        "{s} [make] a cartwheel{d}", "{s} [perform] a cartwheel{d}", "{s} [turn] sideways over the hands{d}",
        "{s} [go] over the hands sideways and [come] up again", "{s} [show] a cartwheel",
        "{s} [turn] over sideways like a wheel{d}", "{s} [raise] both arms and [do] a cartwheel{d}",
        "{s} [turn] one cartwheel{d}", "{s} [try] a cartwheel{d}", "{s} [do] a sideways turn over the hands{d}",
        "!let {s} do a cartwheel{d}", "!make {s} turn a cartwheel", "=a cartwheel of {s}{d}",
        "=a cartwheel by {s} on {floor}", "~{s} [cartwheel]{d}", "~{s} [execute] a cartwheel{d}",
        "~{s} [whirl] sideways hand over hand{d}", "~{s} [wheel] over hand by hand{d}",
        "~{s} [throw] a cartwheel{d}", "~{s} [spin] sideways with legs in the air{d}", "~!have {s} cartwheel{d}",
        "~=a sideways somersault on the hands by {s}",
    ),
    ("acrobatics", "cartwheels", ""): (
        "{s} [do] cartwheels{d}", "{s} [turn] cartwheels{d}", "{s} [turn] one cartwheel after another{d}",
        "{s} [do] several cartwheels in a row{d}", "{s} [do] cartwheels across {floor}{d}",
        "{s} [do] a few cartwheels{d}", "{s} [do] a row of cartwheels{d}", "{s} [turn] cartwheels over {floor}{d}",
        "{s} [make] cartwheels{d}", "{s} [perform] cartwheels in a row{d}", "{s} [go] past in cartwheels{d}",
        "{s} [do] cartwheel after cartwheel{d}", "{s} [turn] over the hands sideways again and again{d}",
        "!let {s} do cartwheels{d}", "!make {s} turn cartwheels{d}", "=cartwheels of {s}{d}",
        "=a row of cartwheels by {s}{d}", "~{s} [cartwheel] along{d}", "~{s} [cartwheel] across {floor}{d}",
        "~{s} [execute] a string of cartwheels{d}", "~{s} [wheel] hand by hand all along{d}",
        "~{s} [whirl] past sideways over and over{d}", "~!have {s} cartwheel again and again{d}",
        "~=a chain of cartwheels by {s}",
    ),
    ("acrobatics", "cartwheel", "lands"): (
        "{s} [do] a cartwheel and [land] on both feet", "{s} [land] a cartwheel", "{s} [do] a perfect cartwheel{d}",
        "{s} [do] a cartwheel and [stand] again", "{s} [turn] a clean cartwheel{d}", "=a perfect cartwheel of {s}",
        "~{s} [stick] a cartwheel", "~{s} [nail] a cartwheel", "~{s} [execute] a cartwheel without a wobble",
    ),
    ("acrobatics", "cartwheels", "lands"): (
        "{s} [do] cartwheels and [land] on both feet", "{s} [do] perfect cartwheels{d}",
        "{s} [do] several cartwheels and [stand] again", "{s} [turn] clean cartwheels{d}",
        "=perfect cartwheels of {s}", "~{s} [nail] a string of cartwheels", "~{s} [stick] the last cartwheel",
    ),
    ("acrobatics", "cartwheel", "falls"): (
        "{s} [do] a cartwheel and [fall]", "{s} [try] a cartwheel and [land] on the bottom", "{s} [fail] a cartwheel",
        "{s} [turn] a cartwheel but [fall]", "{s} [fall] out of a cartwheel onto {floor}",
        "=a failed cartwheel of {s}", "~{s} [botch] a cartwheel", "~{s} [attempt] a cartwheel and [crash]",
        "~=a botched cartwheel by {s}",
    ),
    ("acrobatics", "cartwheels", "falls"): (
        "{s} [do] cartwheels and [fall]", "{s} [do] several cartwheels and [land] on the bottom",
        "{s} [fail] the last of a few cartwheels", "{s} [turn] cartwheels but [fall]", "=failed cartwheels of {s}",
        "~{s} [botch] the last cartwheel", "~{s} [attempt] a string of cartwheels and [crash]",
        "~=botched cartwheels by {s}",
    ),
    ("acrobatics", "spin jump", ""): (
        "{s} [jump] and [turn] around in the air", "{s} [do] a jump with a full turn", "{s} [do] a spin jump",
        "{s} [jump] up and [spin] once", "{s} [turn] once around in the air", "{s} [spin] in the air",
        "{s} [jump] and [spin] around in the air", "{s} [jump] with a full turn on {floor}",
        "{s} [make] a full turn in the air", "{s} [jump] up, [turn] right round and [land]",
        "{s} [do] a turning jump", "{s} [jump] and [make] a full turn", "{s} [jump] around once",
        "!let {s} jump and turn around in the air", "!make {s} do a spin jump", "=a spin jump of {s}",
        "=a jump of {s} with a full turn", "~{s} [leap] and [twirl] aloft", "~{s} [do] a three-sixty",
        "~{s} [do] a tour en l'air", "~{s} [whirl] around in mid-air", "~{s} [leap] with a full twist",
        "~!have {s} leap and twirl aloft", "~=an airborne pirouette of {s}",
    ),
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("acrobatics", "cartwheel", ""): ("cartwheel", "a cartwheel", "acrobatics", "~cartwheeling"),
    ("acrobatics", "cartwheels", ""): ("cartwheels", "cartwheels in a row", "~string of cartwheels"),
    ("acrobatics", "cartwheel", "lands"): ("landed cartwheel", "~stuck cartwheel"),
    ("acrobatics", "cartwheels", "lands"): ("landed cartwheels", "~stuck string of cartwheels"),
    ("acrobatics", "cartwheel", "falls"): ("failed cartwheel", "~botched cartwheel"),
    ("acrobatics", "cartwheels", "falls"): ("failed cartwheels", "~botched cartwheels"),
    ("acrobatics", "spin jump", ""): ("spin jump", "jump with a full turn", "turn in the air", "~airborne twirl"),
}  # fmt: skip
