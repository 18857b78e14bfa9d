"""The meaning of the documents, as pure functions over orders. Nothing here sends a request."""
