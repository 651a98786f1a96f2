"""What people say of a skater who jumps with a cat on the head."""

from sora2lib.world.grammar import Key

COUNTS = ("single", "double", "triple")

SAYINGS: dict[Key, tuple[str, ...]] = {
    **{
        ("skater", f"{count} axel", ""): (
            f"{{s}} [do] a {count} axel with {{t}} on the head", f"{{s}} [jump] a {count} axel with {{t}} on the head",
            f"{{s}} [skate]{{d}} with {{t}} on the head and [do] a {count} axel",
            f"{{s}} [carry] {{t}} on the head through a {count} axel",
            f"{{t}} [ride] on the head of {{s}} in a {count} axel",
            f"{{s}} [balance] {{t}} on the head and [jump] a {count} axel",
            f"a figure skater, {{n}}, [do] a {count} axel with {{t}} on the head",
            f"{{s}} [spin] in the air in a {count} axel with {{t}} on the head",
            f"{{t}} [sit] on the head of {{s}} during a {count} axel",
            f"!let {{s}} do a {count} axel with {{t}} on the head", f"=a {count} axel of {{s}} with {{t}} on the head",
            f"~{{s}} [execute] a {count} axel with {{t}} atop the head", f"~{{t}} [perch] on {{s}} in a {count} axel",
            f"~{{s}} [whirl] through a {count} axel with {{t}} aloft",
            f"~{{s}} [soar] into a {count} axel under {{t}}", f"~!have {{s}} wear {{t}} in a {count} axel",
        )
        for count in COUNTS
    },
    **{
        ("skater", f"{count} axel", "stays on"): (
            f"{{s}} [do] a {count} axel and {{t}} [stay] on the head",
            f"{{t}} [hold] on to the head of {{s}} through a {count} axel",
            f"{{s}} [land] a {count} axel with {{t}} still on the head",
            f"{{s}} [do] a {count} axel without losing {{t}} from the head",
            f"!let {{s}} do a {count} axel and keep {{t}} on the head",
            f"=a {count} axel of {{s}} with {{t}} safe on the head",
            f"~{{t}} [cling] to the head of {{s}} in a {count} axel",
            f"~{{s}} [nail] a {count} axel and {{t}} [keep] its perch",
        )
        for count in COUNTS
    },
    **{
        ("skater", f"{count} axel", "falls off"): (
            f"{{s}} [do] a {count} axel and {{t}} [fall] off the head",
            f"{{t}} [fall] from the head of {{s}} in a {count} axel",
            f"{{s}} [jump] a {count} axel and [lose] {{t}} from the head",
            f"{{t}} [fly] off the head of {{s}} in a {count} axel",
            f"!let {{t}} fall off the head of {{s}} in a {count} axel",
            f"=a {count} axel of {{s}} in which {{t}} falls off the head",
            f"~{{t}} [tumble] off {{s}} in a {count} axel", f"~{{s}} [whirl] in a {count} axel and [shed] {{t}}",
        )
        for count in COUNTS
    },
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("skater", f"{count} axel", outcome): tags
    for count in COUNTS
    for outcome, tags in (
        ("", (f"{count} axel with a cat on the head", f"{count} axel, cat on the head", f"~cat-topped {count} axel")),
        (
            "stays on",
            (f"{count} axel, the cat stays on", f"{count} axel, cat safe on the head", "~cat unshaken"),
        ),
        ("falls off", (f"{count} axel, the cat falls off", f"cat falls in a {count} axel", "~cat shed on ice")),
    )
}
