"""Views of the desk: staff at work, behind the gate of routing.py."""
