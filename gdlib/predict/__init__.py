"""Questions to commit to before the answer shows, one module for each notebook."""
