"""From results to text: one function for each format. Nothing here knows a server, a check or a fault."""
