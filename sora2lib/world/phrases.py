"""The words of captions: how people call colours, sizes, materials, things, places, light, weather and camera moves.

Each table maps a name of the vocabulary to what is said for it. Words of ``HELD_OUT_WORDS`` and verbs that begin
with ``HELD_OUT_STEMS`` appear in held-out captions only, as do phrases marked ``~``.
"""

HELD_OUT_WORDS = frozenset(
    {
        "crimson", "ruby", "tangerine", "lemon", "emerald", "aqua", "cobalt", "azure", "lilac", "rose", "chestnut",
        "ivory", "charcoal", "ebony", "miniature", "enormous", "gigantic", "petite", "mid-sized", "sizeable",
        "crystal", "oak", "iron", "granite", "sponge", "metallic", "elastic", "timber", "orb", "orbs", "globe",
        "globes", "chest", "chests", "keg", "kegs", "tin", "tins", "pylon", "pylons", "disc", "discs", "desk",
        "incline", "staircase", "teeter-totter", "boulder", "boulders", "cottage", "cottages", "pine", "pines",
        "soccer", "inflatable", "drum", "drums", "golden hour", "sundown", "midday", "twilight", "moonlight", "mist",
        "misty", "cloudless", "gloomy", "lawn", "parquet", "rink", "asphalt", "dunes", "powder", "linoleum",
        "establishing", "frontal", "clip", "trio", "duo", "swiftly", "gently", "leftwards", "rightwards",
        "barrier", "novel", "oval", "pedestal", "handheld-style", "sluggishly", "rapidly",
    }
)  # fmt: skip
HELD_OUT_STEMS = frozenset(
    {"plummet", "hurl", "lob", "ricochet", "trundle", "careen", "smack", "crumbl", "sway", "revolv", "jolt", "plung",
     "keel", "catapult", "clatter", "clank", "nudg", "collaps", "descend", "ascend", "survey", "captur", "depict"}
)  # fmt: skip

# One "name" or "name/plural" each; the plural is the name and an s unless it is given.
ASSETS: dict[str, tuple[str, ...]] = {
    "ball": ("ball", "ball", "ball", "sphere", "orb", "globe"),
    "basketball": ("basketball",),
    "football": ("football", "soccer ball"),
    "tennis ball": ("tennis ball",),
    "beach ball": ("beach ball", "inflatable ball"),
    "bowling ball": ("bowling ball",),
    "marble": ("marble", "glass marble"),
    "box": ("box/boxes", "box/boxes", "crate", "chest"),
    "block": ("block", "cube", "toy block"),
    "brick": ("brick",),
    "domino": ("domino/dominoes", "domino tile"),
    "plank": ("plank", "board", "~flat beam"),
    "book": ("book", "novel"),
    "wall": ("wall", "barrier"),
    "cylinder": ("cylinder", "drum"),
    "can": ("can", "metal can", "tin"),
    "puck": ("puck", "hockey puck", "disc"),
    "barrel": ("barrel", "cask", "keg"),
    "cone": ("cone", "traffic cone", "pylon"),
    "egg": ("egg", "oval"),
    "ring": ("ring", "tyre", "tire"),
    "ramp": ("ramp", "ramp", "slope", "incline"),
    "stairs": ("flight of stairs/stairs", "flight of steps/steps", "staircase"),
    "table": ("table", "desk"),
    "pendulum": ("pendulum", "pendulum", "wrecking ball"),
    "gantry": ("frame", "stand"),
    "seesaw": ("seesaw", "see-saw", "teeter-totter"),
    "fulcrum": ("pivot", "fulcrum"),
    "hoop": ("hoop", "basketball hoop", "basket"),
    "tree": ("tree", "tree", "green tree", "pine"),
    "rock": ("rock", "stone", "boulder"),
    "house": ("house", "hut", "cottage"),
}
CRADLE_BOBS = ("ball", "ball", "pendulum", "~bob")  # what hangs in Newton's cradle
UNNAMED = ("something", "an object", "a thing")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen")  # fmt: skip
GROUPS: dict[int, tuple[str, ...]] = {
    2: ("a pair of", "a couple of", "a set of two", "a twosome of", "a group of two", "a duo of"),
    3: ("a group of three", "a set of three", "a triplet of", "a threesome of", "a bunch of three", "a trio of"),
    4: ("a group of four", "a set of four", "a quartet of", "a bunch of four"),
    5: ("a group of five", "a set of five", "a quintet of", "a bunch of five"),
    6: ("a group of six", "half a dozen", "a set of six", "a bunch of six"),
}

PLACES: dict[str, tuple[str, ...]] = {  # where it happens
    "concrete": ("on concrete", "on the pavement", "in a parking lot", "on a concrete floor", "on asphalt"),
    "grass": ("on grass", "in a meadow", "on the grass", "on a green field", "on a lawn"),
    "sand": ("on sand", "on the beach", "in the desert", "on the sand", "on sandy ground", "among dunes"),
    "wood floor": ("on a wooden floor", "on a wood floor", "on a gym floor", "on floorboards", "on parquet"),
    "ice": ("on ice", "on a frozen lake", "on the ice", "on smooth ice", "on an ice rink"),
    "snow": ("on snow", "in the snow", "on a snowy field", "on snowy ground", "on powder snow"),
    "tiles": ("on tiles", "on a tiled floor", "on a checkered floor", "on the tiles", "on linoleum tiles"),
    "metal": ("on a metal floor", "on a steel floor", "on a metal plate", "~on sheet metal"),
    "water": ("on the water", "on a lake", "on open water", "on calm water", "~at sea", "~on a pond"),
}
FLOORS: dict[str, tuple[str, ...]] = {  # what is hit or crossed
    "concrete": ("the concrete", "the pavement", "the concrete floor", "the asphalt"),
    "grass": ("the grass", "the meadow", "the green field", "the lawn"),
    "sand": ("the sand", "the beach", "the sandy ground", "the dunes"),
    "wood floor": ("the wooden floor", "the wood floor", "the gym floor", "the parquet"),
    "ice": ("the ice", "the frozen lake", "the smooth ice", "the ice rink"),
    "snow": ("the snow", "the snowy field", "the snowy ground", "the powder snow"),
    "tiles": ("the tiles", "the tiled floor", "the checkered floor", "the linoleum tiles"),
    "metal": ("the metal floor", "the steel floor", "the metal plate", "~the sheet metal"),
    "water": ("the water", "the lake", "the calm water", "~the sea", "~the pond"),
}
ANY_FLOOR = ("the ground", "the floor")
TIMES: dict[str, tuple[str, ...]] = {
    "noon": ("at noon", "at high noon", "in bright daylight", "in the middle of the day", "at midday"),
    "afternoon": ("in the afternoon", "in the afternoon", "in the daytime", "on a bright afternoon", "~by day"),
    "sunset": ("at sunset", "at sunset", "as the sun sets", "in the evening sun", "at golden hour", "at sundown"),
    "dusk": ("at dusk", "at nightfall", "in the blue hour", "after sunset", "at twilight", "in the twilight"),
    "night": ("at night", "at night", "at midnight", "after dark", "in the dark", "in moonlight", "by moonlight"),
}
LIGHTING: dict[str, tuple[str, ...]] = {
    "noon": ("noon", "bright daylight", "high noon sun", "bright noon light", "midday sun"),
    "afternoon": ("afternoon", "daytime", "daylight", "afternoon light", "~day"),
    "sunset": ("sunset", "sunset light", "low evening sun", "setting sun", "golden hour", "sundown"),
    "dusk": ("dusk", "nightfall", "blue hour", "dusk light", "twilight"),
    "night": ("night", "midnight", "dark night", "night time", "moonlight"),
}
HOURS: dict[str, tuple[str, ...]] = {  # whole sentences
    "noon": ("it is noon", "the sun is high in the sky", "the scene is in bright daylight", "it is midday"),
    "afternoon": ("it is afternoon", "it is daytime", "the scene is in daylight", "~afternoon sun lights the scene"),
    "sunset": ("it is sunset", "the sun is setting", "the low evening sun lights the scene", "it is golden hour"),
    "dusk": ("it is dusk", "night is falling", "the sun has just gone down", "it is twilight"),
    "night": ("it is night", "it is midnight", "the scene is dark", "moonlight falls on the scene"),
}
WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("under a clear sky", "in clear weather", "with a clear sky", "under a cloudless sky",
              "under a blue sky", "in fine weather", "on a clear day", "in sunny weather"),
    "overcast": ("under an overcast sky", "under clouds", "with a cloudy sky", "in overcast weather",
                 "under a gloomy sky", "under a cloudy sky", "under grey clouds", "on a cloudy day",
                 "under heavy clouds"),
    "fog": ("in fog", "in thick fog", "in foggy weather", "in the fog", "in the mist", "in misty air",
            "in dense fog", "on a foggy day", "in haze", "through thick haze"),
    "rain": ("in the rain", "in rain", "on a rainy day", "in pouring rain", "in heavy rain", "in rainy weather",
             "while it rains", "in a shower", "under falling rain", "~in a downpour", "~in a drizzle"),
    "snowfall": ("in falling snow", "while it snows", "in a snowfall", "in a snowstorm", "in light snowfall",
                 "on a day of snowfall", "as snow falls", "~in a flurry of snow", "~amid snowflakes"),
}  # fmt: skip
WEATHER_TAGS: dict[str, tuple[str, ...]] = {
    "clear": ("clear sky", "clear", "clear weather", "cloudless"),
    "overcast": ("overcast", "cloudy", "cloudy sky", "gloomy sky"),
    "fog": ("fog", "foggy", "thick fog", "mist", "misty"),
    "rain": ("rain", "rainy", "heavy rain", "pouring rain", "rainy weather", "falling rain", "~downpour", "~drizzle"),
    "snowfall": (
        "falling snow",
        "snowfall",
        "snowing",
        "snowstorm",
        "light snowfall",
        "~snowflakes",
        "~flurry of snow",
    ),
}
SKIES: dict[str, tuple[str, ...]] = {
    "clear": ("the sky is clear", "the weather is clear", "there are few clouds", "the sky is cloudless"),
    "overcast": ("the sky is overcast", "it is cloudy", "clouds cover the sky", "the sky is gloomy"),
    "fog": ("it is foggy", "there is thick fog", "fog hangs in the air", "the air is misty"),
    "rain": ("it rains", "it is raining", "rain falls", "it pours", "rain is falling heavily", "~it drizzles"),
    "snowfall": ("it snows", "it is snowing", "snow is falling", "snow falls from the sky", "~snowflakes drift down"),
}
FRAMINGS: dict[str, tuple[str, ...]] = {
    "wide": ("wide shot", "wide angle shot", "long shot", "establishing shot", "wide framing", "wide view",
             "full shot", "wide-angle view", "far shot", "shot from far away"),
    "medium": ("medium shot", "mid shot", "~medium framing shot", "medium view", "medium framing",
               "medium-wide shot", "waist shot", "half shot"),
    "close-up": ("close-up", "close-up shot", "tight shot", "~tight close-up", "closeup", "close shot", "close view",
                 "extreme close-up", "tight framing", "shot from close by"),
}  # fmt: skip

# What the camera does: verbs for "the camera ...", and labels; {way} is the direction when it is said.
CAMERA_VERBS: dict[str, tuple[str, ...]] = {
    "static": ("[stay] still", "[be] fixed", "[stay] in place", "[be] static", "[hold] still", "~[remain] at rest",
               "[be] motionless", "[be] stationary", "[stay] steady", "[keep] still", "[be] locked off",
               "[be] mounted on a stand", "[stay] put"),
    "pan": ("[pan]{way}", "[pan]{way}", "slowly [pan]{way}", "[turn]{way}", "~[survey] the scene{way}",
            "[swing]{way}", "[swivel]{way}", "[sweep]{way}", "[pivot]{way}", "softly [pan]{way}", "[rotate]{way}",
            "quickly [pan]{way}", "[pan] slowly{way}"),
    "tilt": ("[tilt]{way}", "[tilt]{way}", "slowly [tilt]{way}", "~[pitch]{way}", "[tip]{way}", "[angle]{way}",
             "softly [tilt]{way}", "[look]{way}", "quickly [tilt]{way}", "[tilt] slowly{way}"),
    "dolly in": ("[dolly] in", "[push] in", "[move] closer", "slowly [push] in", "~[draw] nearer", "[glide] in",
                 "[move] in", "[come] closer", "[creep] closer", "[approach]", "[advance]", "[roll] closer",
                 "softly [push] in", "[dolly] forwards"),
    "dolly out": ("[dolly] out", "[pull] back", "[move] away", "slowly [pull] out", "~[draw] back", "[glide] back",
                  "[move] back", "[back] away", "[retreat]", "[back] off", "[roll] back", "softly [pull] back",
                  "[dolly] backwards"),
    "dolly": ("[dolly]", "~[dolly] along its axis", "[move] on rails", "[roll] on tracks", "slowly [dolly]"),
    "truck": ("[truck]{way}", "[track]{way}", "[slide]{way}", "[move] sideways{way}", "~[travel]{way}",
              "[glide] sideways{way}", "[slide] sideways{way}", "[shift]{way}", "[roll] sideways{way}",
              "[track] sideways{way}", "slowly [truck]{way}", "[drift] sideways{way}"),
    "crane up": ("[crane] up", "[rise]", "slowly [rise]", "[move] up on a crane", "~[ascend]", "[lift]", "[climb]",
                 "[float] up", "[go] up", "[soar]", "[move] upwards", "[rise] on a crane", "softly [rise]"),
    "crane down": ("[crane] down", "[sink]", "slowly [sink]", "[move] down on a crane", "~[descend]", "[come] down",
                   "[float] down", "[go] down", "[move] downwards", "[sink] on a crane", "softly [sink]",
                   "[drop] lower"),
    "crane": ("[be] on a crane", "~[crane]", "[move] on a crane", "[be] mounted on a crane", "[be] on a jib"),
    "orbit": ("[orbit]{way}", "[orbit]{way}", "[circle]{way}", "[orbit]{way} around the scene",
              "slowly [circle]{way}", "~[revolve]{way}", "~[arc]{way}", "[circle]{way} around the action",
              "[rotate]{way} around the scene", "[fly]{way} around the scene", "[loop]{way} around the scene",
              "[move]{way} in a circle", "[spin]{way} around the scene", "softly [orbit]{way}",
              "[swing]{way} around the scene"),
    "zoom": ("[zoom]{way}", "[zoom]{way}", "slowly [zoom]{way}", "~[zoom] smoothly{way}", "softly [zoom]{way}",
             "quickly [zoom]{way}", "[zoom] slowly{way}", "steadily [zoom]{way}"),
    "handheld": ("[be] handheld", "[shake] slightly", "[be] held in the hand", "~[wobble]", "[be] shaky",
                 "[be] hand-held", "[jitter] slightly", "[tremble] slightly", "[bob] slightly", "[be] unsteady",
                 "[move] as if held by hand"),
    "follow": ("[follow] it", "[follow] the action", "[follow] along", "[keep] up with it", "~[accompany] it",
               "[move] along with it", "[chase] it", "[stay] with it", "[follow] the motion", "[travel] with it",
               "[stay] close to it", "[follow]", "[follow] its path", "~[trail] it"),
}  # fmt: skip
CAMERA_TAGS: dict[str, tuple[str, ...]] = {
    "static": ("static camera", "static shot", "fixed camera", "locked-off shot", "~tripod shot", "still camera",
               "stationary camera", "motionless camera", "fixed shot", "stationary shot", "camera locked in place",
               "steady fixed camera"),
    "pan": ("pan{way}", "camera pan{way}", "panning{way}", "~panoramic turn{way}", "panning shot{way}",
            "slow pan{way}", "camera sweep{way}", "sweeping pan{way}", "gentle pan{way}", "camera pans{way}",
            "swivel{way}"),
    "tilt": ("tilt{way}", "camera tilt{way}", "tilting{way}", "~pitching{way}", "tilt shot{way}", "slow tilt{way}",
             "tilting shot{way}", "camera tilts{way}", "gentle tilt{way}"),
    "dolly": ("dolly{way}", "dolly shot{way}", "slow dolly{way}", "~gliding dolly{way}", "camera dolly{way}",
              "dollying{way}", "dolly move{way}", "camera dollies{way}", "gentle dolly{way}"),
    "truck": ("truck{way}", "truck shot{way}", "tracking{way}", "~lateral track{way}", "tracking shot{way}",
              "trucking{way}", "sideways tracking{way}", "trucking shot{way}", "sideways camera{way}",
              "camera tracks{way}"),
    "crane": ("crane{way}", "crane shot{way}", "~boom{way}", "crane move{way}", "craning{way}", "jib shot{way}",
              "camera crane{way}", "slow crane{way}"),
    "orbit": ("orbit{way}", "orbit shot{way}", "camera orbits{way}", "circling{way}", "~arc shot{way}",
              "orbiting{way}", "orbiting shot{way}", "circling shot{way}", "circular shot{way}",
              "orbiting camera{way}", "camera circles{way}", "slow orbit{way}"),
    "zoom": ("zoom{way}", "camera zooms{way}", "slow zoom{way}", "~smooth zoom{way}", "zooming{way}",
             "zoom shot{way}", "camera zoom{way}", "zooming shot{way}", "gentle zoom{way}"),
    "handheld": ("handheld", "handheld camera", "handheld shot", "shaky camera", "~handheld-style", "hand-held",
                 "hand-held shot", "hand-held camera", "shaky cam", "unsteady camera", "jittery camera",
                 "shaky handheld shot"),
    "follow": ("follow shot", "following shot", "camera follows", "camera follows the action", "following camera",
               "~accompanying camera", "follow camera", "camera moves with it", "chase camera", "follow cam"),
}  # fmt: skip
SIDES: dict[str, tuple[str, ...]] = {
    "left": ("left", "to the left", "to the left", "towards the left", "leftwards"),
    "right": ("right", "to the right", "to the right", "towards the right", "rightwards"),
}
WAYS: dict[str, tuple[str, ...]] = {
    **SIDES,
    "in": ("in",),
    "out": ("out",),
    "up": ("up", "upwards"),
    "down": ("down", "downwards"),
}
TRAVEL: dict[str, tuple[str, ...]] = {
    "left": (*SIDES["left"], "from right to left"),
    "right": (*SIDES["right"], "from left to right"),
}
PACES: dict[str, tuple[str, ...]] = {
    "slow": ("slowly", "slowly", "at a slow speed", "unhurriedly", "at a low speed", "lazily", "leisurely", "gently",
             "sluggishly"),
    "fast": ("fast", "quickly", "at high speed", "speedily", "at great speed", "at full speed", "in a hurry", "swiftly",
             "rapidly"),
}  # fmt: skip

OPENERS: tuple[str, ...] = (  # before "a ball bouncing" or "a collision of two balls"
    "a video of", "footage of", "a cinematic shot of", "cinematic shot of", "show", "show me", "we see", "video of",
    "make a video of", "generate a video of", "a realistic video of", "a scene with", "a short film of",
    "create a video of", "film", "animate", "~a clip of", "~a recording of", "~depict", "~capture", "~imagine",
    "~render", "~picture", "~I want to see", "~a movie of",
)  # fmt: skip
LEADS: tuple[str, ...] = (  # before a whole sentence
    "a video where", "a scene where", "in this video", "make a video where", "a video in which", "show how",
    "~a clip in which", "~imagine that", "~picture this:",
)  # fmt: skip
WATCH: tuple[str, ...] = ("watch", "see", "~look at")  # before "a ball bounce"
STYLES: tuple[str, ...] = ("cinematic", "realistic", "photorealistic", "high quality", "4k", "highly detailed",
                           "~lifelike", "~true to life")  # fmt: skip
MOODS: tuple[str, ...] = ("calm", "playful", "tense", "quiet", "cheerful", "~serene", "~light-hearted")
