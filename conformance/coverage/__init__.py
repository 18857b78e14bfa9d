"""What a run has to learn, and what it has learned: combinations of parameters, and values that tell."""
