"""Stage 2: the whole program, linked from the facts of all its files (invariant I2: linking is pure).

Rules see one façade, ``Project``; what is unknown stays unknown and is never guessed into a finding.
"""
