"""Commands with which analysts check, try and change what decides."""
