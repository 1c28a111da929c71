"""Walks the syntax tree of one file once, and builds its facts.

What decides the speed is the number of Python-level calls for each node: the walk dispatches on the node's type through
a table, an offset takes two look-ups, and the most frequent nodes (names, attributes, calls, constants) do both in
place.

A body holds definitions, and a definition a body. So that imports go one way all the same, ``Walk`` is told the table
of all statements, and builds the bodies.
"""
