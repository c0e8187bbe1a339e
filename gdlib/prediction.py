"""Predictions: a question to commit to before the answer is shown."""

import html
import re

import ipywidgets as widgets
import numpy as np

from gdlib.controls import WIDTH, button, viewed
from gdlib.words import num


class Predict(widgets.VBox):
    """A question to commit to before the answer is shown. Nothing leaves the page.

    With `choices`, `answer` is one of them; without, it is a number, right within `tolerance`
    (a fraction of it). `why` explains. Without a kernel the question shows, and the answer folded.
    """

    def __init__(self, question, answer, why, choices=None, tolerance=0.1):
        if choices is not None and answer not in choices:
            raise ValueError(f"answer must be one of {choices}; got {answer!r}")
        self.question, self.answer, self.why = question, answer, why
        self.choices, self.tolerance = choices, tolerance
        if choices is None:
            self.entry = widgets.Text(placeholder="a number", continuous_update=False)
            self.entry.layout.width = "120px"
        else:
            self.entry = widgets.RadioButtons(options=choices, value=None)
            self.entry.layout.width = "max-content"
        self.button = button("Commit", "Commit to your prediction", self._commit)
        self.reveal = Spoken()
        self.entry.observe(self._anew, "value")
        title = widgets.HTML(
            f"<p style='max-width:{WIDTH}px;line-height:1.45'><b>Predict.</b> "
            f"{html.escape(question)}</p>"
        )
        super().__init__([title, self.entry, self.button, self.reveal])

    def _anew(self, change):
        """No reminder stays beside a guess."""
        if not self.entry.disabled:
            self.reveal.say("")

    def _commit(self):
        if self.entry.disabled:
            return
        said = self.entry.value
        if self.choices is None:
            said = _number(said)
        if said is None:
            wanted = "Choose one" if self.choices else "Type a number, such as 250,"
            self.reveal.say(f"{wanted} first: a wrong guess teaches more than none.")
        else:
            # The button stays, since it has the keyboard's focus, and does nothing more.
            self.entry.disabled, self.button.description = True, "Committed"
            verdict = f"You said {_short(said)}. {self.judged(said)} {self.why}"
            self.reveal.say(verdict, "✓" if self.right(said) else "✗")

    def right(self, said):
        """Whether a prediction is the answer, or a number near enough."""
        if self.choices:
            return said == self.answer
        return abs(said - self.answer) <= self.tolerance * abs(self.answer)

    def judged(self, said):
        """The verdict on a prediction, one sentence."""
        if self.right(said):
            exact = self.choices or f"{said:.3g}" == f"{self.answer:.3g}"
            return "Right." if exact else f"Close: it is {_short(self.answer)}."
        return f"It is {_short(self.answer)}."

    def _repr_mimebundle_(self, **kwargs):
        data = viewed(super()._repr_mimebundle_(**kwargs))
        listed = "".join(f"\n  ○ {each}" for each in self.choices or ())
        answer = f"{_short(self.answer)}. {self.why}"
        data["text/plain"] = f"Predict. {self.question}{listed}\nAnswer: {answer}"
        items = "".join(f"<li>{html.escape(str(each))}</li>" for each in self.choices or ())
        data["text/html"] = (
            f"<p><b>Predict.</b> {html.escape(self.question)}</p><ul>{items}</ul><details><summary>"
            f"Decide first, then open the answer</summary>{html.escape(answer)}</details>"
        )
        return data


class Spoken(widgets.VBox):
    """A paragraph that a screen reader announces when it changes.

    It listens to changes inside a region that stays. `HTML.value` replaces everything within the
    widget, so the region is a widget of its own, which owns the words in the other one.
    """

    def __init__(self):
        self._words = widgets.HTML()
        self._name = f"said-{self._words.model_id}"
        region = widgets.HTML(
            f"<div role='status' aria-live='polite' aria-owns='{self._name}'></div>"
        )
        region.layout.height, region.layout.margin, region.layout.overflow = "0", "0", "hidden"
        super().__init__([region, self._words])

    @property
    def value(self):
        """The paragraph shown, as HTML."""
        return self._words.value

    def say(self, text, mark=""):
        """Show the text, escaped, after a mark, "✓" or "✗", in its colour."""
        colour = {"✓": "#1B8A5F", "✗": "#C8561B"}.get(mark)
        bar = f"border-left:4px solid {colour};padding-left:10px;" if mark else ""
        mark = mark and f"<b style='color:{colour}'>{mark}</b> "
        self._words.value = (
            f"<p id='{self._name}' style='max-width:{WIDTH}px;line-height:1.45;{bar}"
            f"margin:2px 0 8px'>{mark}{html.escape(text)}</p>"
        )


def between(value, *borders):
    """How many of the borders, in rising order, a value has reached: the index of a choice."""
    return sum(bool(value >= border) for border in borders)


def _number(text):
    """The finite number that a text says, or None: "6 908", "~0,5" and "10 times" say one."""
    text = re.sub(r"[\s~≈_]|about|%$|[x×]$|times$|steps?$", "", text).replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")  # commas between thousands
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _short(value):
    return f"“{value}”" if isinstance(value, str) else num(value)
