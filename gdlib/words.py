"""Numbers as a sentence says them, and sentences as a console can print them."""

import sys
import unicodedata


def num(value, digits=4):
    """A number in few digits, with a true minus sign, never "1e-06"."""
    text = f"{value + 0:.{digits}g}"  # −0.0 + 0 is 0.0
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def capped(value, far=1e6):
    """A number up to `far`: "more than a million" for all beyond."""
    return num(value, 3) if value <= far else "more than a million"


def counted(number):
    """A whole number: with commas between thousands from 10,000 on."""
    return f"{number:,.0f}" if number >= 10_000 else f"{number:.0f}"


def steps(count, never):
    """So many steps, "one step" or "62 steps"; `never` for -1, as `first_step` has it."""
    return never if count < 0 else "one step" if count == 1 else f"{counted(count)} steps"


def since(step, limit):
    """From which step on something holds, of a run of `limit` steps; -1 is never."""
    return f"from step {step} on" if step >= 0 else f"not within {limit} steps"


def pair(place, digits=4):
    """The two coordinates of a place, in brackets."""
    return f"({num(place[0], digits)}, {num(place[1], digits)})"


def names(things, joint="and"):
    """Words in a row: "a, b and c"."""
    *others, last = things
    return f"{', '.join(others)} {joint} {last}" if others else last


def apart(one, other, said, digits=4):
    """What is said of both, `said(value, digits)`, with as many digits as tell them apart."""
    while digits < 17 and said(one, digits) == said(other, digits):
        digits += 1
    return said(one, digits), said(other, digits)


def spelled(text):
    """The text in letters that the console has: "ρ" may be "rho" there, and "√" "[square root]"."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return "".join(_spelled(letter, encoding) for letter in text)


def _spelled(letter, encoding):
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        said = unicodedata.name(letter, "?").lower()
        greek, plain = said.split()[-1], {"✓": "Right:", "✗": "Not yet:", "−": "-"}
        return plain.get(letter) or (greek if said.startswith("greek small") else f"[{said}]")
    return letter
