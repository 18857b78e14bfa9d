"""Two accounts, the driver, what can be brought about, which facts hold, and cleaning up."""
