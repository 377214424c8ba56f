"""Plain creates, inserted by a process of their own; docs/adr/0034 tells why."""
