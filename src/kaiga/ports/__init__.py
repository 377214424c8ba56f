"""What the use cases need of the outside, named after the need; adapters live in the edges."""
