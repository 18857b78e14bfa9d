"""A run: its plan, the workers that judge one check after the other, and the results that are gathered from them."""
