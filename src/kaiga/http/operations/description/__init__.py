"""What `GET /openapi.json` says of the whole API, in OpenAPI 3.1."""
