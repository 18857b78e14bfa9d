"""Bytes to the target and back, secrets replaced before anything is kept. Nothing else imports requests or urllib3."""
