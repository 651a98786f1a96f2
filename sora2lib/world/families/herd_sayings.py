"""What people say of horses that race and of fish; :mod:`sora2lib.world.grammar` has the notation."""

from sora2lib.world.grammar import Key

SAYINGS: dict[Key, tuple[str, ...]] = {
    ("race", "race", ""): (
        "{s} [gallop]{d}", "{s} [gallop]{d}", "{s} [race]{d}", "{s} [race] each other{d}", "{s} [gallop] past{d}",
        "{s} [gallop]{d} over {floor}", "{s} [gallop] side by side{d}", "{s} [run] a race{d}",
        "{s} [gallop]{d} across {floor}", "{s} [race] past{d}", "{s} [run] at a gallop{d}",
        "{s} [gallop] neck and neck{d}", "{s} [race]{d} over {floor}", "!let {s} gallop{d}", "!let {s} race{d}",
        "=a race of {s}{d}", "=a horse race{d}", "=a gallop of {s}{d}", "~{s} [thunder] past{d}", "~{s} [charge]{d}",
        "~{s} [tear]{d} over {floor}", "~{s} [stampede]{d}", "~{s} [career]{d} in a pack", "~!have {s} charge{d}",
        "~=a stampede of {s}{d}",
    ),
    ("race", "overtake", ""): (
        "{s} [overtake] {t}", "{s} [overtake] {t} at a gallop", "{s} [gallop]{d} and [overtake] {t}",
        "{s} [pass] {t} in a race", "{s} [gallop] past {t}{d}", "{s} [race]{d} and [get] ahead of {t}",
        "{s} [be] faster than {t}", "{s} [win] a race against {t}", "{s} [outrun] {t}{d}", "{s} [beat] {t} in a race",
        "{s} [gallop] faster than {t}{d}", "{s} [take] the lead from {t}", "!let {s} overtake {t}",
        "!let {s} race past {t}{d}", "=a race of {s} against {t}", "=a horse race that {s} leads",
        "~{s} [outpace] {t}", "~{s} [pull] ahead of {t}", "~{s} [leave] {t} behind", "~{s} [edge] past {t}{d}",
        "~!have {s} outpace {t}", "~=the lead of {s} over {t}",
    ),
    ("fish", "swim", ""): (
        "{s} [swim]{d}", "{s} [swim]{d}", "{s} [swim] past{d}", "{s} [swim]{d} in {floor}", "{s} [swim] by{d}",
        "{s} [swim] at the surface{d}", "{s} [swim] along{d}", "{s} [swim]{d} through the water",
        "{s} [swim] with a beating tail{d}", "{s} [move]{d} through {floor} with beats of the tail",
        "{s} [swim] near the surface of {floor}{d}", "!let {s} swim{d}", "=a swim of {s}{d}", "=a view of {s} swimming",
        "~{s} [cruise]{d} at the surface", "~{s} [wriggle]{d} through the water", "~{s} [fin]{d} along",
        "~{s} [waggle] past{d}", "~{s} [paddle]{d} in {floor}", "~!have {s} cruise{d}",
    ),
    ("fish", "leap", ""): (
        "{s} [jump] out of the water", "{s} [jump] out of the water{d}", "{s} [jump] out of {floor}",
        "{s} [jump] from the water again and again", "{s} [jump]{d} in arcs over the water", "{s} [swim] and [jump]{d}",
        "{s} [jump] up from {floor} and [fall] back in", "{s} [come] out of the water in a jump{d}",
        "{s} [jump] and [dive] back into the water", "{s} [make] jumps{d}", "{s} [jump] over the waves",
        "!let {s} jump out of the water", "!make {s} jump{d} out of {floor}", "=a jump of {s} out of the water",
        "=jumps of {s} from {floor}", "~{s} [leap] from the water{d}", "~{s} [breach]{d}",
        "~{s} [spring] out of {floor}", "~{s} [porpoise]{d}", "~{s} [vault] from the waves{d}", "~!have {s} breach",
        "~=a breach of {s}",
    ),
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("race", "race", ""): ("galloping", "horse race", "gallop", "~stampede"),
    ("race", "overtake", ""): ("overtaking at a gallop", "winning a horse race", "~outpacing"),
    ("fish", "swim", ""): ("swimming", "swim", "~cruising at the surface"),
    ("fish", "leap", ""): ("jumping out of the water", "jumping fish", "~breaching"),
}  # fmt: skip
