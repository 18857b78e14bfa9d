"""The system under test: what its profile says, how it is asked, and how it is brought into a state."""
