"""What people say of two who run after each other or greet; :mod:`sora2lib.world.grammar` has the notation."""

from sora2lib.world.grammar import Key

SAYINGS: dict[Key, tuple[str, ...]] = {
    ("chase", "chase", ""): (
        "{s} [chase] {t}", "{s} [chase] {t}{d}", "{s} [run] after {t}", "{s} [run] after {t}{d}",
        "{s} [chase] after {t}{d}", "{s} [run]{d} to catch {t}", "{s} [run]{d} behind {t}", "{s} [try] to catch {t}",
        "{t} [run] away from {s}{d}", "{t} [flee] from {s}{d}", "{s} [play] tag with {t}",
        "{s} [chase] {t} across {floor}", "{s} [hunt] {t}{d}", "{s} [run] after {t} over {floor}", "!let {s} chase {t}",
        "!make {s} run after {t}{d}",
        "=a chase of {s} after {t}", "=a chase, {n} after {m}", "~{s} [pursue] {t}", "~{s} [sprint] after {t}{d}",
        "~{s} [dash] after {t}", "~{s} [be] hot on the heels of {t}", "~{t} [escape] from {s}{d}",
        "~!have {s} pursue {t}", "~=a pursuit of {t} by {s}",
    ),
    ("chase", "follow", ""): (
        "{s} [follow] {t}", "{s} [follow] {t}{d}", "{s} [walk] behind {t}{d}", "{s} [walk] after {t}",
        "{s} [go] after {t}{d}", "{s} [follow] {t} across {floor}", "{s} [walk] along behind {t}",
        "{t} [lead] and {s} [follow]", "{t} [walk] ahead of {s}{d}", "{s} [follow] behind {t}",
        "{s} [follow] in the steps of {t}", "{s} [come] along behind {t}{d}", "!let {s} follow {t}",
        "!make {s} walk behind {t}{d}", "=a walk of {s} behind {t}", "~{s} [trail] {t}", "~{s} [tail] {t}{d}",
        "~{s} [shadow] {t}", "~{s} [keep] to the heels of {t}", "~{t} [be] trailed by {s}", "~!have {s} trail {t}",
        "~=a stroll of {s} behind {t}",
    ),
    ("greet", "wave", ""): (
        "{s} and {t} [wave] at each other", "{s} and {t} [greet] each other", "{s} [wave] at {t} and {t} [wave] back",
        "{s} [wave] to {t}", "{s} [greet] {t} with a wave", "{s} and {t} [say] hello to each other",
        "{s} and {t} [meet] and [wave]", "{s} [say] hello to {t}", "{both} [wave] at each other",
        "{both} [greet] each other", "{s} and {t} [say] goodbye to each other", "{s} and {t} [wave] goodbye",
        "{s} [raise] a hand and [greet] {t}", "!let {s} and {t} wave at each other", "!let {s} greet {t}",
        "=a greeting between {s} and {t}", "=a meeting of {s} and {t}, who wave", "~{s} and {t} [hail] each other",
        "~{s} [signal] hello to {t}", "~{s} and {t} [exchange] greetings", "~{s} [welcome] {t}",
        "~{both} [exchange] greetings", "~!have {s} welcome {t}", "~=an exchange of hellos between {s} and {t}",
    ),
    ("greet", "bow", ""): (
        "{s} and {t} [bow] to each other", "{s} [bow] to {t} and {t} [bow] back", "{s} [bow] to {t}",
        "{s} [greet] {t} with a bow", "{s} and {t} [greet] each other with a bow", "{s} and {t} [take] a bow",
        "{both} [bow] to each other", "{s} and {t} [meet] and [bow]", "{s} [bow] politely to {t}",
        "{s} and {t} [bend] forward to greet each other", "{s} [bow] before {t}", "{s} and {t} [bow]",
        "!let {s} and {t} bow to each other", "!let {s} bow to {t}", "=a bow of {s} to {t}",
        "=a greeting with bows between {s} and {t}", "~{s} and {t} [pay] each other respect",
        "~{s} [incline] the body before {t}", "~{s} and {t} [stoop] in greeting", "~{both} [exchange] bows",
        "~{s} [show] {t} respect", "~!have {s} and {t} exchange bows",
    ),
}  # fmt: skip

TAGS: dict[Key, tuple[str, ...]] = {
    ("chase", "chase", ""): ("chase", "chasing", "running after someone", "~pursuit"),
    ("chase", "follow", ""): ("following", "walking behind someone", "~trailing"),
    ("greet", "wave", ""): ("greeting", "waving at each other", "two say hello", "~exchange of greetings"),
    ("greet", "bow", ""): ("bowing to each other", "greeting with bows", "~mutual respect"),
}  # fmt: skip
