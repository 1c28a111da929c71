"""Files that are made from rules and tables: written here, and checked for drift."""
