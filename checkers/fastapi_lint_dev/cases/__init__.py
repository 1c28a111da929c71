"""Replay defects that maintainers of public projects fixed: each must be found at the parent and gone at the fix."""
