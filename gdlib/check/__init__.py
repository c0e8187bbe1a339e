"""What is wrong with a learner's rule or answer, one module for each notebook."""
