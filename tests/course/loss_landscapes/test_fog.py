"""The game of notebook 01: a landscape under fog, and a number of probes before it lifts."""

import io

import numpy as np
import pytest
from pages import drag, drawn
from PIL import Image

from course.loss_landscapes import figures
from gdlib import landscapes
from gdlib.optimizers import descend, gd
from gdlib.words import num

CAMP, BUDGET = (-2.4, 2.4), 12


@pytest.fixture(scope="module")
def fog():
    figure = figures.fog()
    yield figure
    figure.close()


@pytest.fixture
def game(fog):
    """The game on the word *fog*, unspent."""
    fog.word.value = "fog"
    fog.reset()
    return fog


def probe(game, *places):
    for x, y in places:
        game.set(x=x, y=y)
        game.probe()


def play(game):
    """Spend all probes that are left, somewhere."""
    rng = np.random.default_rng(0)
    while not game._shown_run.lifted:
        probe(game, rng.uniform(-2.5, 2.5, 2))


def spent(game):
    return game._shown_run.probes.shape[1] - 1


@pytest.fixture
def button(game, parts):
    """The button that spends a probe."""
    [found] = [part for part in parts(game) if getattr(part, "description", "") == "Probe"]
    return found


def slopes(game):
    """The arrows that are drawn: their places and lengths, `(2, k)` each."""
    arrows = game.panels[0].drawn.arrows["down"]
    here = ~np.broadcast_to(arrows.Umask, arrows.N)  # without a number, without an arrow
    return np.array(arrows.get_offsets()).T[:, here], np.stack([arrows.U, arrows.V])[:, here]


# --- one word is one landscape --------------------------------------------------------------------

ANYWHERE = np.random.default_rng(3).uniform(-3, 3, (2, 50))


@pytest.mark.parametrize("same", ["fog", "Fog", "FOG", "  fog ", "fog\n"])
def test_one_word_is_one_landscape_whatever_its_case_and_the_spaces_around_it(same):
    given = landscapes.hidden(same).f(ANYWHERE)
    np.testing.assert_array_equal(given, landscapes.hidden("fog").f(ANYWHERE))


def test_different_words_are_different_landscapes():
    words = ["fog", "fo", "gof", "fog2", "ß", "", "🐧", "x" * 500]
    heights = np.array([landscapes.hidden(word).f(ANYWHERE) for word in words])
    apart = np.abs(heights[:, None] - heights[None]).max(axis=-1)
    assert (apart[~np.eye(len(words), dtype=bool)] > 0.1).all()


def test_a_word_is_the_same_landscape_on_every_machine():
    assert landscapes.hidden("fog").f([0.5, -0.5]) == pytest.approx(-0.5709246189, abs=1e-9)


@pytest.mark.parametrize("word", ["", "   ", "ß", "🐧🐧", "x" * 500, "<b>&"])
def test_odd_words_can_be_played(game, trouble, word):
    game.word.value = word
    play(game)
    assert not trouble(game)
    assert num(landscapes.hidden(word).f(landscapes.hidden(word).minima)[0], 3) in game.readout


@pytest.mark.parametrize("word", ["fog", "mist", "word 2", "word 3"])
def test_what_is_said_to_be_the_lowest_is_lower_than_any_other_place(word):
    land = landscapes.hidden(word)
    lowest = land.f(land.minima)[0]
    mesh = np.stack(np.meshgrid(*[np.linspace(-3, 3, 121)] * 2))
    assert lowest <= land.f(mesh).min() <= lowest + 0.05


# --- what a probe costs ---------------------------------------------------------------------------


def test_a_probe_costs_one_and_there_are_as_many_as_the_budget(game):
    for k in range(BUDGET):
        assert spent(game) == k
        probe(game, (0.1 * k, 0))
        assert game._shown_run.lifted == (k + 1 == BUDGET)
    said = game.readout
    probe(game, (2, 2))
    assert spent(game) == BUDGET and game._shown_run.probes[:, -1] == pytest.approx([1.1, 0])
    game.set(x=1.1, y=0)
    assert game.readout == said


def test_another_budget_is_another_number_of_probes():
    small = figures.fog("fog", budget=3)
    probe(small, (0, 0), (1, 1))
    assert not small._shown_run.lifted
    probe(small, (1, 0), (2, 2))
    assert small._shown_run.lifted and spent(small) == 3
    assert small._shown_run.other.shape == (2, 4)
    small.close()


def test_the_camp_is_known_from_the_beginning_and_free(game):
    assert game._shown_run.probes.T.tolist() == [list(CAMP)] and spent(game) == 0
    assert f"{BUDGET} of {BUDGET}" in game.readout
    assert num(landscapes.hidden("fog").f(CAMP), 3) in game.readout
    probe(game, (0, 0))
    assert f"{BUDGET - 1} of {BUDGET}" in game.readout


def test_a_click_probes_where_it_clicked(game):
    drag(game, game.panels[0], (1.2, -0.7))
    assert spent(game) == 1
    np.testing.assert_allclose(game._shown_run.probes[:, 1], [1.2, -0.7], atol=1e-9)
    np.testing.assert_allclose(drawn(game.panels[0], "you"), game._shown_run.probes)
    drag(game, game.panels[0], (0.33, 0.48))
    np.testing.assert_allclose(game._shown_run.probes[:, 2], [0.3, 0.5], atol=1e-9)


def test_a_drag_moves_the_ring_and_spends_no_second_probe(game):
    drag(game, game.panels[0], (0, 0), (1, 1), (2, -2))
    assert spent(game) == 1 and game._shown_run.probes[:, 1].tolist() == [0, 0]
    assert (game._shown_run.x, game._shown_run.y) == (2, -2)


def test_a_click_on_the_heights_and_a_pass_over_the_map_spend_nothing(game):
    drag(game, game.panels[1], (3, 0))
    assert spent(game) == 0


def test_the_button_probes_where_the_ring_is(game, button):
    game.set(x=0.4, y=-1.1)
    assert spent(game) == 0 and drawn(game.panels[0], "here")[:, 0] == pytest.approx([0.4, -1.1])
    button.click()
    assert game._shown_run.probes[:, 1] == pytest.approx([0.4, -1.1])
    button.click()  # the same place again is another probe
    assert spent(game) == 2


def test_the_sentence_and_the_picture_say_what_was_felt(game):
    land, places = landscapes.hidden("fog"), [(-1, 1), (0.5, 0.2)]
    probe(game, *places)
    for value in (land.f(places[1]), min(land.f([*zip(CAMP, *places, strict=True)]))):
        assert num(value, 3) in game.readout
    for value in land.grad(places[1]):
        assert num(value, 2) in game.readout
    at, down = slopes(game)
    np.testing.assert_allclose(at, game._shown_run.probes)
    downhill = -land.grad(game._shown_run.probes)
    np.testing.assert_allclose(down / np.hypot(*down), downhill / np.hypot(*downhill))
    assert (np.argsort(np.hypot(*down)) == np.argsort(np.hypot(*downhill))).all()
    heights = land.f(game._shown_run.probes)
    shown = [words.get_text() for words in game.panels[0].told if words.get_visible()]
    wanted = dict.fromkeys((2, int(heights.argmin())))  # the last, and the lowest
    assert shown == [f"{k}: {heights[k]:.2f}".replace("-", "−") for k in wanted]
    np.testing.assert_allclose(drawn(game.panels[1], "you"), [[0, 1, 2], heights])


# --- what is given away, and when -----------------------------------------------------------------


def shows_everything(game):
    """What is to be seen of the ground, of gradient descent, and of the lowest place."""
    ground = {artist.get_visible() for artist in game.panels[0].ground}
    path = drawn(game.panels[0], "gradient descent").shape[1]
    heights = drawn(game.panels[1], "gradient descent").shape[1]
    land = game._shown_run.land
    told = [num(land.f(land.minima)[0], d) in game.readout for d in (3, 4)]
    return [ground == {True}, path > 0, heights > 0, any(told)], ground


def test_nothing_is_given_away_before_the_last_probe_and_everything_after_it(game):
    for _ in range(BUDGET):
        shown, ground = shows_everything(game)
        assert not any(shown) and ground == {False}
        probe(game, np.random.default_rng(spent(game)).uniform(-1, 1, 2))
    assert shows_everything(game)[0] == [True] * 4


def dark(game):
    """Pixels of the map that have the colour of fog in the stored picture, as a share."""
    stored = np.asarray(Image.open(io.BytesIO(game.still(100))).convert("RGB")).astype(int)
    box = game.panels[0].ax.get_window_extent()
    top = game.fig.bbox.height - box.y1
    part = stored[int(top) + 2 : int(top + box.height) - 2, int(box.x0) + 2 : int(box.x1) - 2]
    return (np.abs(part - 0xDC).max(axis=-1) <= 3).mean()


def test_the_stored_picture_gives_nothing_away_either(game):
    assert dark(game) > 0.9
    play(game)
    assert dark(game) < 0.3


def test_the_fog_does_not_lift_for_a_moment_when_controls_move(game):
    probe(game, (0, 0))
    for state in ({"x": 3.0}, {"y": -3.0}, {"feel": "height only"}):
        game.set(**state)
        assert not any(shows_everything(game)[0])


def test_height_only_hides_the_slopes_until_the_end(game):
    game.set(feel="height only")
    land = landscapes.hidden("fog")
    for place in ((-1, 1), (0.5, 0.2)):
        probe(game, place)
        assert slopes(game)[0].size == 0 and "slope" not in game.readout
        assert not any(num(g, 2) in game.readout for g in land.grad(place))
        assert num(land.f(place), 3) in game.readout
    play(game)
    assert slopes(game)[0].shape == (2, BUDGET + 1)
    said = game.readout
    game.set(feel="height and slope")  # what was felt is past
    assert game.readout == said and "You felt" not in said


def test_gradient_descent_starts_at_the_camp_and_takes_as_many_steps_as_the_budget(game):
    play(game)
    path = drawn(game.panels[0], "gradient descent")
    assert path.shape == (2, BUDGET + 1) and path[:, 0].tolist() == list(CAMP)
    land, w = landscapes.hidden("fog"), np.array(CAMP)
    for k in range(BUDGET + 1):
        np.testing.assert_allclose(path[:, k], w)
        w = w - 0.3 * land.grad(w)
    steps, heights = drawn(game.panels[1], "gradient descent")
    np.testing.assert_allclose(heights, land.f(path))
    assert steps.tolist() == list(range(BUDGET + 1)) and num(heights.min(), 3) in game.readout


# --- a new game -----------------------------------------------------------------------------------


def test_reset_gives_the_same_landscape_unspent(game, picture):
    begun = picture(game), game.readout
    land = game._shown_run.land
    play(game)
    game.reset()
    assert game._shown_run.land is land and spent(game) == 0
    assert picture(game) == begun[0] and game.readout == begun[1]
    assert not any(shows_everything(game)[0])


def test_a_new_word_starts_a_new_game(game, picture):
    play(game)
    game.word.value = "mist"
    assert spent(game) == 0 and not any(shows_everything(game)[0])
    np.testing.assert_array_equal(
        game._shown_run.land.f(ANYWHERE), landscapes.hidden("mist").f(ANYWHERE)
    )
    straight = figures.fog("mist")
    game.set(**straight.values)
    assert straight.readout == game.readout and picture(straight) == picture(game)
    straight.close()
    game.reset()
    assert game.word.value == "mist"


def test_a_new_word_leaves_what_you_feel_as_you_chose_it(game):
    """The text: then choose "height only", a new word, and play again."""
    game.set(feel="height only")
    game.word.value = "another"
    assert game.values["feel"] == "height only" and slopes(game)[0].size == 0


def test_the_old_word_gives_the_old_landscape_again(game):
    before = game._shown_run.land.f(ANYWHERE)
    game.word.value = "mist"
    game.word.value = " FOG"
    np.testing.assert_array_equal(game._shown_run.land.f(ANYWHERE), before)


# --- what the text says ---------------------------------------------------------------------------


def test_gradient_descent_settles_next_door_on_fog_and_a_player_can_do_better(game):
    land = landscapes.hidden("fog")
    path = descend(gd, land.grad, CAMP, BUDGET, lr=0.3)
    assert (np.diff(land.f(path)) < 0).all()  # it only ever goes down
    assert land.f(path)[-1] > land.f(land.minima)[0] + 0.5
    assert land.f(CAMP) > land.f(path)[-1]  # not beaten before a probe is spent
    probe(game, land.minima[:, 0])  # as near as the sliders come to it
    assert land.f(game._shown_run.probes)[-1] < land.f(land.minima)[0] + 0.05


def test_the_height_of_every_probe_is_in_the_picture_of_heights():
    for word in ("fog", "mist", "word12"):
        land = landscapes.hidden(word)
        mesh = np.stack(np.meshgrid(*[np.linspace(-3, 3, 61)] * 2))
        game = figures.fog(word)
        low, high = game.panels[1].ax.get_ylim()
        game.close()
        assert low < land.f(land.minima).min() and land.f(mesh).max() < high, word
