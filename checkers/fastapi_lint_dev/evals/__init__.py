"""Evals of the agent and the skills: projects too large to read with planted defects, and graders that need no model."""
