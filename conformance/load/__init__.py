"""Locust's master and workers, each a process of its own, since importing Locust changes the whole process."""
