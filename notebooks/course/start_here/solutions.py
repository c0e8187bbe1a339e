"""The worked solution of notebook 00. It is checked by the check of its exercise."""

# The slope of w² is 2w, so a step turns w into w - lr·2w, which is (1 - 2·lr)·w. That is half of w
# where 1 - 2·lr is 1/2.
HALVING_LR = 1 / 4
