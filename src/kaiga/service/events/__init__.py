"""What readers are told of an account's tasks while it happens."""
