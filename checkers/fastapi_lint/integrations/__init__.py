"""What connects the analyser to coding agents and editors."""
