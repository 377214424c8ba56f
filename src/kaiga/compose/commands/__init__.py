"""What commands do on a data folder themselves while no server runs on it."""
