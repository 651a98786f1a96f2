"""Words for people: which figure plays whom.

It has no costume; but it moves, where a picture of a dancer would only slide.
"""

_MEN = """
old man|elderly man|grandfather|grandpa|father|dad|uncle|prince|policeman|fireman|businessman|santa claus|santa|wizard
monk|samurai|ninja|pirate|viking|soldier|firefighter|farmer|cook|chef|mechanic|builder|construction worker|guard|judge
detective|superhero|zombie|vampire|acrobat|gymnast|boxer|wrestler|waiter|actor|sailor|cowboy|hiker|climber|runner
"""
_WOMEN = """
old woman|elderly woman|grandmother|grandma|mother|mom|mum|aunt|princess|policewoman|witch|fairy|astronaut|cosmonaut
police officer|doctor|nurse|surgeon|scientist|teacher|pilot|artist|singer|dancer|ballerina|waitress|actress|athlete
office worker|programmer|photographer|surfer|juggler
"""
_BOYS = "student|pupil|schoolboy|son|brother|nephew"
_GIRLS = "baby|toddler|schoolgirl|daughter|sister|niece"


def _names(table: str) -> tuple[str, ...]:
    return tuple(name.strip() for line in table.splitlines() for name in line.split("|") if name.strip())


PLAYED_BY: dict[str, tuple[str, ...]] = {
    figure: _names(table) for figure, table in (("man", _MEN), ("woman", _WOMEN), ("boy", _BOYS), ("girl", _GIRLS))
}
