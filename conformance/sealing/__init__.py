"""A report sealed in one file, and what verifies it offline."""
