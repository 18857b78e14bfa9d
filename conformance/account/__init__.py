"""One account of the target: its operations, what is known of it, and which of its orders are this run's."""
