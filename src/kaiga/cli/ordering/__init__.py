"""Turns what the options of `generate` say into an order, by the fields of the model's entry."""
