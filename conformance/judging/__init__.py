"""A run: what it is asked to do, the checks judged one by one, their outcomes gathered into results."""
