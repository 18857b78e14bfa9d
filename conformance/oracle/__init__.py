"""What the documents mean, as pure functions over orders: no request is sent from here."""
