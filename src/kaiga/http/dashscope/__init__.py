"""The API of Model Studio: `/api/v1`, as contract/core.md has it."""
