"""Result files at signed links: no key needed, nothing trusted."""
