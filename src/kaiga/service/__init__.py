"""Use cases: frozen objects made of ports, called with values, giving values. They know no JSON."""
