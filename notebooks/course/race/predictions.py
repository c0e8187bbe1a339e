"""The predictions of notebook 07, in the order of the page. Answers are computed, not typed."""
