"""The parts of the streams package that need neither broker nor store."""
