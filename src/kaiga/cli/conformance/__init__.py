"""Holds any server against the contract: checks as data, each with its place in the contract."""
