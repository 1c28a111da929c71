"""Stage 1: what each file says, one file at a time.

Facts are a function of a file's bytes, the extractor's own source and the Python version (invariant I1): no config,
no other file, no resolved name. ``ast`` is imported here and nowhere else.
"""
