"""One contract for every prediction of the series, found by introspection."""

import inspect
import math
import re
from html import unescape

import ipywidgets as widgets
import pytest
from pages import PREDICTIONS

from gdlib.prediction import Predict

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize("name", PREDICTIONS)
def test_it_can_be_called_without_arguments_and_says_what_it_is(name):
    assert PREDICTIONS[name].__doc__
    inspect.signature(PREDICTIONS[name]).bind()


@pytest.fixture(params=PREDICTIONS)
def prediction(request):
    made = PREDICTIONS[request.param]()
    yield made
    for part in (*made.children, made):
        part.close()


def commit(predict, said):
    """Commit to an answer; returns what is then read on the page."""
    predict.entry.value = said
    predict.button.click()
    return unescape(re.sub(r"<[^>]*>", "", predict.reveal.value))


def sentence(text):
    return re.fullmatch(r"\S.*[.!?]”?", text)


def right_and_wrong(predict):
    if predict.choices:
        return predict.answer, next(c for c in predict.choices if c != predict.answer)
    return f"{predict.answer:g}", f"{-10 - 3 * predict.answer:g}"


def test_it_is_a_question_with_a_definite_answer(prediction):
    assert isinstance(prediction, Predict)
    assert sentence(prediction.question) and "?" in prediction.question
    assert sentence(prediction.why)
    if prediction.choices:
        assert prediction.answer in prediction.choices
        assert len(set(prediction.choices)) == len(prediction.choices) >= 2
    else:
        assert math.isfinite(prediction.answer)


def test_nothing_is_given_away_before(prediction):
    shown = [part.value for part in prediction.children if isinstance(part, widgets.HTML)]
    assert prediction.why not in unescape("".join(shown))
    assert not prediction.entry.value


def test_a_number_may_be_written_as_the_figures_show_it():
    predict = Predict("How much?", -0.5, "Because.")
    assert "Right." in commit(predict, " −0.5 ")
    predict = Predict("How much?", 2.5, "Because.")
    assert "Right." in commit(predict, "2,5")


def test_the_right_answer_is_told_so(prediction):
    said = commit(prediction, right_and_wrong(prediction)[0])
    assert sentence(said) and "Right." in said and prediction.why in said


def test_a_wrong_answer_is_told_the_right_one(prediction):
    said = commit(prediction, right_and_wrong(prediction)[1])
    assert sentence(said) and "Right." not in said and prediction.why in said
    assert (prediction.answer if prediction.choices else f"{prediction.answer:g}") in said


def test_no_answer_is_asked_for_again(prediction):
    nothing = (None,) if prediction.choices else ("", "  ", "many", "nan", "inf", "1..2", "<b>")
    for said in nothing:
        told = commit(prediction, said)
        assert sentence(told) and prediction.why not in told, said
        assert not prediction.button.disabled and not prediction.entry.disabled
    assert prediction.why in commit(prediction, right_and_wrong(prediction)[0])


def test_one_commits_once(prediction):
    right, wrong = right_and_wrong(prediction)
    told = commit(prediction, wrong)
    assert prediction.entry.disabled and not prediction.button.disabled
    assert commit(prediction, right) == told


def test_without_a_kernel_the_answer_is_folded_below_the_question(prediction):
    data = prediction._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    question, folded = data["text/html"].split("<details>")
    assert prediction.question in unescape(question) and prediction.why not in unescape(question)
    assert prediction.why in unescape(folded) and "</details>" in folded
    question, answer = data["text/plain"].split("\nAnswer: ")
    assert prediction.question in question and prediction.why in answer
    for choice in prediction.choices or ():
        assert choice in question and choice in unescape(data["text/html"])
    assert WIDGET_VIEW in data
