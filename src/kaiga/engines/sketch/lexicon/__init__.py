"""The words the engine knows, as TOML: one file per subject, one line per concept."""
