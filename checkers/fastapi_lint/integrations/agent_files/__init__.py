"""Checks the agents and skills that coding agents load: what their runners and the models never complain about."""
