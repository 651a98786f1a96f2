"""Who says what in a prompt: lines of a dialogue block, and speech in quotation marks; and when each begins.

The words alone tell who speaks to whom in what order; a line begins when its time says, or else after the one before
it. Which of the cast says a line, and after what pause, a network plans (:mod:`sora2lib.model.turns`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sora2lib.errors import RequestError
from sora2lib.prompt import shots

SHORTEST, TAIL = 0.1, 0.1  # s before a line where time is short, and after the last
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)  # of what pauses are longer, how much is kept where time gets short
LONGEST_LINE = 400  # letters
_OPEN, _CLOSE = '["“«]', '["”»]'
_QUOTE = rf"{_OPEN}([^\"“”«»\n]{{1,8000}}){_CLOSE}"
_BLOCK = re.compile(r"<dialogue>(.*?)(?:</dialogue>|\Z)", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(
    r"^[ \t]*\**Dialogue\**:\**[ \t]*(.*(?:\n(?![ \t]*\n|[ \t]*\**[A-Z][A-Za-z +/]{2,40}:\**[ \t]*$).*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_TIME = r"(?:\[|\()?\s?(?:at |after )?(?:(\d{1,3}):)?(\d{1,3}(?:\.\d{1,3})?)\s?s?(?:-\s?[\d.:]{1,6}\s?s?)?\s?(?:\]|\))?"
_LABELLED = re.compile(
    rf"^[ \t]*(?:[-*•]\s*)?(?:{_TIME}[ \t]*[-:]?[ \t]+)?(@?[A-Za-z][\w' .-]{{0,40}}?)\s*"
    rf"(?:\(([^)\n]{{1,60}})\))?\s*:\s*(?:\(([^)\n]{{1,60}})\)\s*)?(.+)$"
)
_TURN = re.compile(rf"@?[A-Za-z][\w' -]{{0,40}}?(?:\s*\([^)\n]{{1,60}}\))?\s*:\s*{_QUOTE}")
_VERBS = {
    "": "say says said saying ask asks asked answer answers answered reply replies replied add adds tell tells told "
    "remark remarks explain explains announce announces continue continues speak speaks state states",
    "shout": "shout shouts shouted shouting yell yells yelled yelling scream screams screamed cry cries cried call "
    "calls called exclaim exclaims roar roars bellow bellows",
    "whisper": "whisper whispers whispered whispering murmur murmurs murmured mutter mutters mumble mumbles breathes",
}
_MANNER = {verb: manner for manner, verbs in _VERBS.items() for verb in verbs.split()}
_VERB = "|".join(sorted(_MANNER, key=len, reverse=True))
_WHO = r"((?:(?:the|an?|one|another|his|her|their)\s+)(?:[\w'-]+\s+){0,3}?[\w'-]+|@?[A-Z][\w'-]+|he|she|they)"
_HOW = r"((?:\s+(?:\w+ly|out|back|again|(?:to|at|into|over|in|with|across)(?:\s+[\w'-]+){1,4}))*)"
_BEFORE = re.compile(rf"{_WHO}\s+(?:(?:\w+ly|then|also|again)\s+)?({_VERB})\b{_HOW}\s*[,:]?\s*{_QUOTE}", re.IGNORECASE)
_AFTER = re.compile(
    rf"{_QUOTE}[,]?\s+(?:({_VERB})\s+{_WHO}|{_WHO}\s+(?:\w+ly\s+)?({_VERB}))\b{_HOW}",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"\b(sign|poster|banner|label|shirt|screen|book|letters?|text|title|caption|board|plate|note)$", re.I
)
_HEADINGS = ("style", "camera", "lens", "lighting", "mood", "music", "sound", "palette", "setting", "action", "actions",
             "duration", "shot", "scene")  # fmt: skip
_ARTICLE = re.compile(r"^(?:the|an?|one|another|his|her|their)\s+", re.IGNORECASE)
_SAID_AT = re.compile(r"\b(?:at|after)\s+(\d{1,3}(?:\.\d{1,3})?)\s*(?:s|sec|seconds?)\b", re.IGNORECASE)
_LOUD = re.compile(r"\b(?:shout\w*|yell\w*|scream\w*|loud\w*|roar\w*|angr\w+)\b", re.IGNORECASE)
_SOFT = re.compile(r"\b(?:whisper\w*|murmur\w*|quiet\w*|soft\w*|hushed|mutter\w*)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """What one says.

    Parameters
    ----------
    speaker : as the prompt names them, without article.
    text : the words.
    manner : "", "shout" or "whisper".
    start : seconds; None follows the line before.
    earliest : second at which the shot begins in which it is said.
    actor : name of who says it; "" is a voice off, or not known yet.
    """

    speaker: str
    text: str
    manner: str = ""
    start: float | None = None
    earliest: float = 0.0
    actor: str = ""

    @property
    def opening(self) -> str:
        """How the text begins."""
        return self.text if len(self.text) <= 40 else f"{self.text[:37]}..."


def lines(prompt: str, seconds: float) -> tuple[Line, ...]:
    """Return the lines of a prompt in the order in which they stand.

    Read are ``<dialogue>`` blocks, what follows "Dialogue:", lines such as ``- Woman (laughing): "Stop!"``, and speech
    in quotation marks with a word of saying: ``the old man shouts "Land ahead!"``. Times are those of the prompt:
    ``[1.5s] Woman: ...`` or ``after 2 seconds the man says "..."``.

    >>> lines('The old man whispers "come closer"', 4)[0]
    Line(speaker='old man', text='come closer', manner='whisper', start=None, earliest=0.0, actor='')
    """
    found: dict[tuple[str, str], Line] = {}
    begin = 0.0
    for shot in shots(prompt, seconds):
        for line in _of_shot(shot.prompt):
            # What stands before the first shot is part of each, and is said once.
            found.setdefault((line.speaker, line.text), replace(line, earliest=begin))
        begin += shot.seconds
    return tuple(found.values())


def seen(prompt: str) -> str:
    """Return a prompt without what is said in it: words that are heard are not to be seen.

    >>> seen('A red ball rolls. The man says "look at that boat"')
    'A red ball rolls. The man'
    """
    left = list(prompt)
    for start, stop, _ in _found(prompt):
        left[start:stop] = " " * (stop - start)
    plain = re.sub(r"</?dialogue>|^[ \t]*\**Dialogue\**:\**", "", "".join(left), flags=re.IGNORECASE | re.MULTILINE)
    plain = re.sub(r"[ \t]{2,}", " ", plain).strip()
    return plain or " and ".join(dict.fromkeys(line.speaker for _, _, line in _found(prompt)))


def _of_shot(prompt: str) -> list[Line]:
    return [line for _, _, line in sorted(_found(prompt), key=lambda it: it[0])]


def _found(prompt: str) -> list[tuple[int, int, Line]]:
    """Lines with the place of what is not to be seen: in prose what is said and the verb of saying."""
    found: list[tuple[int, int, Line]] = []
    blocks = [match.span(1) for pattern in (_BLOCK, _HEADING) for match in pattern.finditer(prompt)]
    for start, stop in _rows(prompt):
        inside = any(a < stop and start < b for a, b in blocks)
        begin = max([start, *(a for a, b in blocks if a < stop and start < b)])
        end = min([stop, *(b for a, b in blocks if a < stop and start < b)])
        for first, last in _turns(prompt, begin, end):
            line = _labelled(prompt[first:last], inside)
            if line:
                found.append((first, last, line))
    for start, stop, line in _quoted(prompt):
        if not any(a < stop and start < b for a, b, _ in found):
            found.append((start, stop, line))
    return found


def _rows(prompt: str) -> Iterator[tuple[int, int]]:
    at = 0
    for row in prompt.split("\n"):
        yield at, at + len(row)
        at += len(row) + 1


def _turns(prompt: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Where the turns of a row stand that holds several, one behind the other; else the row."""
    starts = [match.start() + begin for match in _TURN.finditer(prompt[begin:end])]
    if len(starts) < 2:
        return [(begin, end)]
    return list(zip(starts, [*starts[1:], end], strict=True))


def _labelled(row: str, inside: bool) -> Line | None:
    """A line such as ``- Woman (laughing): "Stop!"``; outside a dialogue block it must be quoted."""
    match = _LABELLED.match(row)
    if not match:
        return None
    minutes, seconds, speaker, manner, later, text = match.groups()
    quoted = re.fullmatch(rf"{_QUOTE}\.?", text.strip())
    if not (quoted or inside):
        return None
    start = None if seconds is None else 60 * float(minutes or 0) + float(seconds)
    words = _words(quoted[1] if quoted else text)
    if _MANNER.keys() & set(speaker.lower().split()) or speaker.lower() in _HEADINGS or _WRITTEN.search(speaker):
        return None
    return Line(_name(speaker), words, _manner(manner or later or ""), start) if words else None


def _quoted(prompt: str) -> Iterator[tuple[int, int, Line]]:
    taken: list[tuple[int, int]] = []
    for match in _BEFORE.finditer(prompt):
        who, verb, how, text = match.groups()
        if not _WRITTEN.search(who):
            taken.append(match.span(4))
            manner = _MANNER[verb.lower()] or _manner(how)
            yield (
                match.start(2),
                match.end(4) + 1,
                Line(_name(who), _words(text), manner, _told(prompt, match.start())),
            )
    for match in _AFTER.finditer(prompt):
        text, first, who, other, second, how = match.groups()
        who, verb = who or other, first or second
        if match.span(1) not in taken and not _WRITTEN.search(who):
            manner = _MANNER[verb.lower()] or _manner(how)
            line = Line(_name(who), _words(text), manner, _told(prompt, match.start()))
            yield match.start(1) - 1, match.end(2) if first else match.end(1) + 1, line


def _told(prompt: str, at: int) -> float | None:
    """The time that stands in the sentence before a place, in seconds."""
    sentence = re.split(r"[.!?\n](?!\d)", prompt[:at])[-1]
    told = _SAID_AT.findall(sentence)
    return float(told[-1]) if told else None


def _words(text: str) -> str:
    return text.strip().strip('"“”').rstrip(", ")


def _name(speaker: str) -> str:
    return _ARTICLE.sub("", speaker.strip()).strip("* ")


def _manner(words: str) -> str:
    return "shout" if _LOUD.search(words) else "whisper" if _SOFT.search(words) else ""


def timed(said: Sequence[Line], lasting: Sequence[float], pauses: Sequence[float], seconds: float) -> tuple[Line, ...]:
    """Give each line its start.

    A line that is told when begins then, or as soon as who says it has ended the line before. The others begin after
    their pause. Where the lines would last longer than the clip, or run into one that is told when, what pauses are
    longer than ``SHORTEST`` is kept by a quarter less until they do not.

    Parameters
    ----------
    said : the lines in order.
    lasting : seconds that each of them takes.
    pauses : seconds before each of them, from when those before have ended and its shot has begun.
    seconds : length of the clip.

    Raises
    ------
    RequestError
        They do not fit; the message says how many seconds they need.
    """
    least = [min(pause, SHORTEST) for pause in pauses]
    tries = [
        _placed(said, lasting, [low + share * (pause - low) for low, pause in zip(least, pauses, strict=True)])
        for share in SHARES
    ]
    ends = [[float(line.start or 0) + length for line, length in zip(it, lasting, strict=True)] for it in tries]
    fitting = [n for n, them in enumerate(ends) if max(them, default=0.0) + TAIL <= seconds + 1e-6]
    if fitting:
        return tries[next((n for n in fitting if _apart(said, tries[n], ends[n])), fitting[-1])]
    worst = max(range(len(said)), key=ends[-1].__getitem__)
    needed = ends[-1][worst] + TAIL
    raise RequestError(
        f"what is said takes {needed:.1f} s and the clip lasts {seconds:g}; {said[worst].opening!r} would end "
        f"too late; give seconds={_up(needed):g} or shorten the lines"
    )


def _placed(said: Sequence[Line], lasting: Sequence[float], pauses: Sequence[float]) -> tuple[Line, ...]:
    placed: list[Line] = []
    free: dict[str, float] = {}  # second from which each speaker can speak again
    after = 0.0
    for line, length, pause in zip(said, lasting, pauses, strict=True):
        who = line.actor or line.speaker
        start = max(after, line.earliest) + pause if line.start is None else line.start
        if start < free.get(who, 0.0):
            start = free[who] + SHORTEST
        placed.append(replace(line, start=start))
        after = max(after, start + length)
        free[who] = start + length
    return tuple(placed)


def _apart(said: Sequence[Line], placed: Sequence[Line], ends: Sequence[float]) -> bool:
    """Whether lines end before a later one begins that is told when."""
    told = [(n, line.start) for n, line in enumerate(said) if line.start is not None]
    return all(ends[i] <= start or placed[i].start == said[i].start for n, start in told for i in range(n))


def _up(seconds: float) -> float:
    return -(-seconds * 2 // 1) / 2
