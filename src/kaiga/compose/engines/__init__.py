"""Builds the engines of kaiga.toml, and the programs and pools that they run in."""
