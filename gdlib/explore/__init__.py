"""The live figures of the notebooks, one module for each notebook."""
