"""Findings on whole public projects, each read and labelled by a person: how often is the analyser right."""
