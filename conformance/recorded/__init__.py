"""Recorded traffic: read, judged without sending anything, and written."""
