"""Stage 3: rules. A rule only queries the model: no I/O, no ``ast``, no mutation, no other rule (invariant I3)."""
