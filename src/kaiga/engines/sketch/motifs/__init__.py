"""The things the engine can draw, by subject; `table` lists them all."""
