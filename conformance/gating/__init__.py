"""From results and waivers to a decision. Pure functions of files, so that a decision can be repeated offline."""
