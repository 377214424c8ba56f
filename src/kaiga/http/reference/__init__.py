"""The page at `/docs` on which the API can be read and tried."""
