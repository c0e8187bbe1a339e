"""The panel of notebook 06: a calculation in lines."""

from matplotlib.patches import Rectangle

from gdlib.panels import Panel


class Board(Panel):
    """A calculation in lines, with its numbers, up to the line that is lit.

    `names` are what the lines say in symbols. `of(run, step)` gives which line is lit, and for each
    line its numbers, as text of up to two lines.
    """

    def __init__(self, title, names, of):
        super().__init__(title)
        self.names, self.of = names, of

    def setup(self, ax):
        """A light, the symbols, which it must not cover, and the numbers."""
        self.frame(ax)
        ax.set(xlim=(0, 1), ylim=(len(self.names), 0), xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
        self.light = ax.add_patch(Rectangle((0, 0), 1, 1, color="#FCEBC5", zorder=0))
        symbols, self.texts = [], []
        for k, name in enumerate(self.names):
            symbols.append(ax.text(0.02, k + 0.08, name, va="top", fontsize=10))
            self.texts.append(ax.text(0.1, k + 0.4, "", va="top", fontsize=9, color="#444444"))
        return [self.light, *symbols, *self.texts]

    def show(self, run, step):
        """Reads what `of` reads."""
        lit, numbers = self.of(run, step)
        self.light.set_y(lit)
        for k, (text, words) in enumerate(zip(self.texts, numbers, strict=True)):
            text.set_text(words if k <= lit else "")
