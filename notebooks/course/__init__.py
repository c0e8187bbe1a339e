"""What each page has of its own, a folder each: figures, predictions, checks, solutions."""
