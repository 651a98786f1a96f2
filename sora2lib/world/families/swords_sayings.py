"""What people say of cuts with a sword, shields and sparring; :mod:`sora2lib.world.grammar` has the notation."""

from sora2lib.world.grammar import Key

SAYINGS: dict[Key, tuple[str, ...]] = {
    ("swords", "overhead cut", ""): (
        "{s} [swing] a sword", "{s} [swing] a sword down from above", "{s} [cut] down with a sword",
        "{s} [raise] a sword and [cut] down", "{s} [lift] a sword over the head and [strike]",
        "{s} [do] an overhead cut with a sword", "{s} [strike] down with a sword", "{s} [swing] a sword over the head",
        "{s} [practise] cuts from above with a sword", "{s} [cut] the air with a sword from above",
        "{s} [bring] a sword down", "{s} [hit] downwards with a sword", "{s} [swing] a sword on {floor}",
        "!let {s} cut down with a sword", "!make {s} swing a sword from above", "=an overhead cut of {s} with a sword",
        "=a sword cut from above by {s}", "~{s} [cleave] the air with a sword", "~{s} [hew] downwards with a blade",
        "~{s} [chop] with a sword", "~{s} [bring] a blade down in an arc", "~{s} [smite] with a sword",
        "~!have {s} cleave the air with a sword", "~=a downward slash of {s}",
    ),
    ("swords", "side cut", ""): (
        "{s} [swing] a sword sideways", "{s} [swing] a sword from side to side", "{s} [cut] sideways with a sword",
        "{s} [swing] a sword from the right to the left", "{s} [swing] a sword across",
        "{s} [do] a side cut with a sword",
        "{s} [cut] across with a sword", "{s} [strike] sideways with a sword", "{s} [swing] a sword around in front",
        "{s} [practise] side cuts with a sword", "{s} [cut] the air with a sword from the side",
        "{s} [hit] sideways with a sword", "{s} [swing] a sword sideways on {floor}",
        "!let {s} cut sideways with a sword", "!make {s} swing a sword across", "=a side cut of {s} with a sword",
        "=a sword cut from the side by {s}", "~{s} [slash] sideways with a sword", "~{s} [sweep] a blade across",
        "~{s} [slash] the air with a blade", "~{s} [scythe] with a sword", "~{s} [lash] out sideways with a blade",
        "~!have {s} slash with a blade", "~=a sideways slash of {s}",
    ),
    ("swords", "raise shield", ""): (
        "{s} [raise] a shield", "{s} [lift] a shield", "{s} [hold] up a shield", "{s} [hide] behind a shield",
        "{s} [raise] a shield in front of the chest", "{s} [bring] up a shield", "{s} [protect] the body with a shield",
        "{s} [hold] a shield in front of the body", "{s} [take] cover behind a shield", "{s} [put] up a shield",
        "{s} [raise] a shield to the face", "{s} [stand] behind a shield on {floor}", "{s} [lift] a shield and [wait]",
        "!let {s} raise a shield", "!make {s} hold up a shield", "=a raise of a shield by {s}",
        "=a shield held up by {s}", "~{s} [shelter] behind a shield", "~{s} [hoist] a shield",
        "~{s} [brace] behind a shield", "~{s} [guard] with a shield", "~{s} [ward] off blows with a shield",
        "~!have {s} brace behind a shield", "~=a defensive stance of {s} behind a shield",
    ),
    ("swords", "spar", ""): (
        "{s} and {t} [fight] with sword and shield", "{s} [strike] at {t} with a sword and {t} [raise] a shield",
        "{s} [hit] the shield of {t} with a sword", "{t} [stop] a sword of {s} with a shield",
        "{s} [cut] at {t} but {t} [have] a shield", "{s} [attack] {t} with a sword",
        "{s} and {t} [practise] with sword and shield",
        "{s} [swing] a sword at {t}", "{s} [strike] the shield of {t}", "{t} [hold] up a shield against {s}",
        "{s} and {t} [fight] a duel with sword and shield", "{both} [fight] with sword and shield",
        "{s} [hit] with a sword and {t} [stop] it with a shield", "!let {s} and {t} fight with sword and shield",
        "!let {s} hit the shield of {t} with a sword", "=a fight of {s} and {t} with sword and shield",
        "=a sword fight between {s} and {t}", "~{s} and {t} [spar]",
        "~{s} [lunge] at {t} and {t} [parry] with a shield",
        "~{t} [parry] a blow of {s}", "~{s} [clash] with {t}", "~{both} [spar] with sword and shield",
        "~{t} [block] a blade of {s}", "~!have {s} and {t} spar", "~=a sparring bout of {s} and {t}",
    ),
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("swords", "overhead cut", ""): ("sword cut from above", "swinging a sword", "overhead cut", "~downward slash"),
    ("swords", "side cut", ""): ("sword cut from the side", "swinging a sword sideways", "side cut", "~slashing"),
    ("swords", "raise shield", ""): ("raising a shield", "behind a shield", "~braced shield"),
    ("swords", "spar", ""): ("sword fight", "sword against shield", "~sparring"),
}  # fmt: skip
