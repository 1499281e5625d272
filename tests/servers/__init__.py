"""Servers that tests start on this machine, without Docker and without root."""
