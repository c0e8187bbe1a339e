"""Worked solutions of notebook 07. Each is checked by the check of its exercise."""
