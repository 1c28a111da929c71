"""What the ecosystem's libraries do, as tables with the source of each row: looked up, never computed."""
