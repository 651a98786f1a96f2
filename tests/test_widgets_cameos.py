"""A cameo desk: nobody is cut out who has not agreed, what is revoked is gone, names and subjects stay words."""

import inspect
import io
import re
from datetime import date, timedelta

import imageio.v3 as imageio
import numpy as np
import panel as pn
import pytest
from filming import buzz, scene

import sora2lib as sora
from sora2lib import media
from sora2lib.consent import keys, ledger, note
from sora2lib.widgets import CameoDesk, Cast, RecorderPane
from sora2lib.widgets import cast as cast_module
from sora2lib.widgets.cast import LARGEST, STRIP

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    frames, _ = scene(30)
    path = tmp_path_factory.mktemp("film") / "pip.mp4"
    media.write(path, frames, fps=12, sound=buzz(180, seconds=2.5))
    return path.read_bytes()


@pytest.fixture(scope="module")
def still():
    """A picture that is cut out already: a disc."""
    y, x = np.mgrid[:60, :60] - 30
    disc = np.where(np.hypot(x, y) < 28, 255, 0).astype(np.uint8)
    file = io.BytesIO()
    imageio.imwrite(file, np.dstack([np.full((60, 60, 3), (220, 60, 40), np.uint8), disc]), extension=".png")
    return file.getvalue()


@pytest.fixture
def cast(still):
    cast = Cast(called="pip", noun="egg", subject=HOSTILE, agreed=True)
    cast.film("pip.png", still)
    return cast


def files():
    return sorted(it.name for it in keys.home().rglob("*") if it.suffix == ".cameo")


def test_whoever_agreed_is_cut_out_signed_and_listed_and_the_film_is_not_kept(cast, film):
    tomorrow = date.today() + timedelta(days=1)
    cast.film("pip.mp4", film)
    cast.param.update(uses=["draw"], until=tomorrow)
    cast.agreed = True
    cast.make()
    assert cast.message.startswith("Cameo(@pip, egg, 2.")
    assert cast.made.grant.consent.uses == ("draw",)
    assert cast.made.grant.consent.until == f"{tomorrow}T00:00:00.000000+00:00"
    assert cast.made.grant.evidence == "attested"
    height, width = cast.made.frames.shape[1:3]
    strip = imageio.imread(io.BytesIO(cast.cut))
    assert strip.shape == (height, STRIP * width, 4)
    assert 0.3 < (strip[..., 3] > 128).mean() < 0.9
    (known,) = cast.cameos
    assert (known.called, known.handle) == ("@pip", cast.made.handle)
    assert known.words == f"egg: {HOSTILE}, for draw, until {tomorrow}, attested"
    assert (cast.filmed, cast.agreed) == (None, False)
    assert not any(film[:64] in it.read_bytes() for it in keys.home().rglob("*") if it.is_file())
    cast.make()
    assert "there is no recording yet" in cast.message


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"agreed": False}, "nobody has agreed yet"),
        ({"subject": " "}, "the subject is"),
        ({"called": "Pip!"}, "a cameo's name is 'Pip!'"),
        ({"noun": HOSTILE}, "is not known"),
        ({"noun": "woman"}, "a person agrees in their own voice"),
        ({"until": date(2020, 1, 1)}, "the consent ended"),
    ],
)
def test_without_consent_nothing_is_cut_out(cast, wrong, told):
    cast.param.update(**wrong)
    cast.make()
    assert told in cast.message
    assert (files(), cast.cameos, cast.made) == ([], [], None)
    assert cast.filmed.name == "pip.png"


def test_what_was_said_or_ticked_of_other_terms_counts_no_more(cast, film):
    assert cast.sentence.startswith(f"{HOSTILE}, {date.today().day} ")
    cast.hear("yes.webm", film)
    cast.uses = ["draw"]
    assert (cast.said, cast.agreed) == (None, False)
    assert "say the sentence again" in cast.message
    assert "may be drawn. I agree" in cast.sentence
    cast.subject = ""
    assert cast.sentence == ""


def test_a_spoken_consent_is_named_by_the_grant_and_gives_a_person_in_a_picture_a_voice(cast, film, still):
    cast.hear("yes.mp4", film)
    cast.make()
    assert cast.made.grant.evidence.startswith("spoken ")
    assert cast.cameos[0].words.endswith(", spoken")
    assert cast.made.voice is None  # of an egg; who agrees for it sounds otherwise
    cast.film("pip.png", still)
    cast.param.update(noun="woman", agreed=True)
    cast.make()
    assert cast.made.voice.pitch == pytest.approx(180, rel=0.02)
    assert not any(film[:64] in it.read_bytes() for it in keys.home().rglob("*") if it.is_file())


@pytest.mark.parametrize(
    ("name", "content"), [(f"{HOSTILE}.exe", b"x"), ("a.mp4", b""), ("", b"x"), ("a.mp4", bytes(LARGEST + 1))]
)
def test_what_is_no_recording_is_told(name, content):
    cast = Cast()
    for take in (cast.film, cast.hear):
        take(name, content)
        assert "is no recording" in cast.message
    assert (cast.filmed, cast.said) == (None, None)


@pytest.mark.parametrize(
    ("kind", "told"), [("hear", "sentence.webm is damaged"), ("film", "recording.webm is damaged")]
)
def test_what_cannot_be_decoded_is_told_and_nothing_is_signed(cast, kind, told):
    getattr(cast, kind)("any.webm", b"\x1aE\xdf\xa3 and nothing else")
    cast.make()
    assert cast.message.startswith(told)
    assert (files(), ledger.handles(), cast.running) == ([], [], False)


def test_cancel_before_the_signature_leaves_nothing(cast):
    cast.param.watch(lambda event: event.new == "Listening" and cast.cancel(), "message")
    cast.make()
    assert cast.message == "Cancelled"
    assert (files(), ledger.handles()) == ([], [])
    assert cast.filmed.name == "pip.png"


def test_revoking_is_asked_for_confirmed_and_final(cast):
    cast.make()
    handle = cast.made.handle
    note([handle], "drawn", title="a", world="1")
    note([handle], "saved", title="a", world="1", place="a.mp4")
    cast.refresh()
    assert cast.cameos[0].clips == 1
    cast.ask("pip-0000000000000000")
    assert cast.revoking is None
    cast.ask(handle)
    cast.keep()
    cast.revoke()
    assert len(cast.cameos) == 1
    cast.ask(handle)
    cast.revoke()
    assert "@pip is revoked" in cast.message
    assert (cast.cameos, cast.made, cast.cut, files()) == ([], None, b"", [])
    with pytest.raises(sora.ConsentError, match="revoked"):
        ledger.require(handle, "draw")


def test_what_another_page_revokes_is_shown_no_more(cast):
    cast.make()
    other = Cast()
    cast.ask(cast.made.handle)
    other.ask(cast.made.handle)
    other.revoke()
    assert len(cast.cameos) == 1
    cast.look()
    assert (cast.cameos, cast.revoking, cast.made, cast.cut) == ([], None, None, b"")


def test_whose_consent_has_ended_is_listed_and_can_be_revoked(cast, monkeypatch):
    cast.param.update(until=date.today() + timedelta(days=1))
    cast.agreed = True
    cast.make()
    later = (date.today() + timedelta(days=2)).isoformat()
    monkeypatch.setattr(ledger, "now", lambda: f"{later}T00:00:00.000000+00:00")
    cast.refresh()
    (known,) = cast.cameos
    assert "ended on" in known.words
    assert known.picture == b""
    cast.ask(known.handle)
    cast.revoke()
    assert cast.cameos == []


def test_the_desk_takes_films_asks_before_it_revokes_and_shows_words_as_words(cast, film):
    page = CameoDesk(cast).__panel__()
    recorders = {it.kind: it for it in page.select(RecorderPane)}
    for kind in ("film", "voice"):
        recorders[kind].taken = {"name": f"{kind}.webm", "content": film}
        recorders[kind].taken = {"name": 3}
    assert (cast.filmed.name, cast.said.name) == ("film.webm", "voice.webm")
    cast.make()
    parts = {it.label: it for it in page.select(pn.widgets.Button)}
    shown = {str(it.object): it for it in page.select(pn.pane.HTML)}
    assert not [words for words in shown if "<img src=x" in words]
    assert [words for words in shown if "What was cut out: @pip" in words]
    (question,) = (it for words, it in shown.items() if "Revoke @pip for good?" in words)
    assert not question.visible
    parts["Revoke @pip"].clicks += 1
    assert question.visible
    parts["Keep @pip"].clicks += 1
    assert not question.visible
    parts["Revoke @pip"].clicks += 1
    parts["Revoke @pip for good"].clicks += 1
    assert files() == []
    assert not page.select(lambda it: getattr(it, "label", "") == "Revoke @pip")


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(cast_module), re.M)
