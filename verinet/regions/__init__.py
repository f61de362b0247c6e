"""Where networks and geometry meet: the cells a network puts on its domain, exactly, at float speed."""
