"""Which rows a step looks at. Chance enters a run here and nowhere else, by the `rng` you hand in.

A `draw` is a function of the shape of a batch of runs; it returns the rows of one mini-batch for
each of them, `(size, *batch)` whole numbers, and other ones at the next call.
"""

from unicodedata import normalize

import numpy as np

from gdlib.needs import generator, need, whole


def drawn(rows, size, rng, replace=True):
    """A draw of `size` rows out of `rows`, all mini-batches alike likely, each run its own.

    With `replace=False` no row is twice in one mini-batch. Raises ValueError for a size that is
    no whole number from 1 to `rows`, and for an rng that is no numpy Generator.
    """
    whole("size", size, 1, rows)
    generator(rng)

    def draw(batch=()):
        if replace:
            return rng.integers(rows, size=(size, *batch))
        return rng.random((rows, *batch)).argpartition(size - 1, axis=0)[:size]

    return draw


def shuffled(rows, size, rng):
    """A draw that takes the rows in turn, in random order: each one once in an epoch.

    After an epoch, a pass over all rows, the order is drawn anew. The last mini-batch of an epoch
    holds what is left. A draw goes on where it stopped, so a new run wants a new one. Raises as
    `drawn` does; the draw itself, for a batch of another shape than before.
    """
    whole("size", size, 1, rows)
    generator(rng)
    left = []  # the mini-batches of this epoch that are still to come

    def draw(batch=()):
        if left and left[0].shape[1:] != batch:
            raise ValueError(f"batch must stay {left[0].shape[1:]} in an epoch; got {batch}")
        if not left:
            order = rng.random((rows, *batch)).argsort(axis=0)
            left.extend(order[k : k + size] for k in range(0, rows, size))
        return left.pop(0)

    return draw


def tilted(land, sigma, size, rng, rows=100):
    """The gradient of a landscape whose rows disagree, from `size` of them, drawn with replacement.

    Row i sees f + sigma·zᵢ·w, w the last coordinate and z evenly spaced with mean 0 and standard
    deviation 1: on average over all rows the landscape is f.
    """
    z = np.linspace(-1, 1, rows)
    z, draw = z / z.std(), drawn(rows, size, rng)

    def grad(w):
        g = land.grad(w)
        return np.concatenate([g[:-1], g[-1:] + sigma * z[draw(g.shape[1:])].mean(axis=0)])

    return grad


def of_word(word):
    """A generator that is another one for every word, and the same on every machine.

    Spaces around it, capitals, and how accents are encoded do not count.
    """
    need(isinstance(word, str), "word", word, "a word")
    letters = normalize("NFC", word.strip().casefold())
    return np.random.default_rng(list(letters.encode()) or [0])
