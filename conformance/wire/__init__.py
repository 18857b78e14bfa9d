"""Sends bytes to the target and reads its answers. Secrets are replaced before anything is kept.

Only this package imports requests or urllib3.
"""
