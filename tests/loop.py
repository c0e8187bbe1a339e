"""An event loop for figures that look ahead, turned by hand."""


class Loop:
    """It does what is due when it is told to."""

    def __init__(self):
        self.due = []

    def call_soon_threadsafe(self, action, *args):
        action(*args)

    def call_later(self, seconds, action, *args):
        self.due.append((action, args))

    def idle(self, slices=10_000):
        """Let the kernel rest for some slices of time; how many there were to be."""
        for count in range(slices):
            if not self.due:
                return count
            due, self.due = self.due, []
            for action, args in due:
                action(*args)
        return slices
