"""Rules of risk analysts: readable files, compiled to columns of bits; no code is ever run."""
