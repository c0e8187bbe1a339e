"""The panels of notebook 01, each alone on an Axes of its own."""

from types import SimpleNamespace as Run

import numpy as np
import pytest
from pages import drawn, put

from course.loss_landscapes.panels import Fit, Fogged
from gdlib import landscapes

# --- Fogged ---------------------------------------------------------------------------------------


def test_fog_hides_the_ground_and_words_stand_at_the_last_probe_and_the_lowest():
    panel = put(Fogged(""))
    land = landscapes.three_pits()
    probes = np.array([[1.6, -1.5, 0], [1, 1, 0.5]])
    for count, lifted in ((3, False), (1, False), (2, True)):
        panel.show(Run(land=land, probes=probes[:, :count], lifted=lifted), None)
        assert {artist.get_visible() for artist in panel.ground} == {lifted}
        heights = land.f(probes[:, :count])
        told = dict.fromkeys((count - 1, int(heights.argmin())))
        seen = [words for words in panel.told if words.get_visible()]
        for words, k in zip(seen, told, strict=True):
            assert tuple(words.xy) == tuple(probes[:, k])
            assert words.get_text() == f"{k}: {heights[k]:.2f}".replace("-", "−")


# --- Fit ------------------------------------------------------------------------------------------

NAMES = ("intercept", "slope", "who", "right", "up")


@pytest.fixture
def fit():
    panel = put(Fit("", ("x", "y"), (-4, 4, 0, 8), NAMES))
    measured = np.array([[-3.0, -1, 1, 3], [2, 5, 3, 6]])
    data = measured.copy()
    data[:, 1] += 0.5, -0.5
    panel.show(Run(data=data, measured=measured, who=2, w=np.array([4.0, 0.25])), None)
    return panel


def test_the_line_has_a_handle_near_each_edge_and_the_moved_point_shows_where_it_was(fit):
    ends = drawn(fit, "ends").T
    assert (np.abs(ends[:, 0]) > 3).all() and ends[0, 0] < 0 < ends[1, 0]
    np.testing.assert_allclose(ends[:, 1], 4 + 0.25 * ends[:, 0])
    assert drawn(fit, "moved").T.tolist() == [[-0.5, 4.5]]
    assert drawn(fit, "was").T.tolist() == [[-1, 5]]


@pytest.mark.parametrize("end", [0, 1])
def test_a_handle_turns_the_line_about_the_other_one_wherever_the_mouse_strays(fit, end):
    places = drawn(fit, "ends").T
    fit.grab(*places[end])
    picked = fit.picked(1.0, 6.5)
    assert set(picked) == {"intercept", "slope"}
    line = picked["intercept"] + picked["slope"] * places[:, 0]
    assert line[end] == pytest.approx(6.5) and line[1 - end] == pytest.approx(places[1 - end, 1])


@pytest.mark.parametrize("k", range(4))
def test_a_point_is_moved_from_where_it_was_measured(fit, k):
    fit.grab(*fit.run.data[:, k] + 0.05)
    was = fit.run.measured[:, k]
    assert fit.picked(*was + [0.7, -1.5]) == pytest.approx({"who": k + 1, "right": 0.7, "up": -1.5})


def test_the_mouse_takes_hold_within_25_pixels_only(fit):
    to_data = fit.ax.transData.inverted()
    at = fit.ax.transData.transform(drawn(fit, "ends")[:, 1])
    fit.grab(*to_data.transform(at + [0, 24]))
    assert fit.picked(0, 0)
    fit.grab(*to_data.transform(at + [0, 26]))
    assert fit.picked(0, 0) == {}
