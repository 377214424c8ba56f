"""What operators and the command line need: health, metrics, keys. Never part of the contract."""
