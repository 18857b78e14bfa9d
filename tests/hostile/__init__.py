"""Targets that do what no exchange should, and what a run makes of them."""
