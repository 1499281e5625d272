"""The IOSS ledger as files: exported, compared with a return, and checked by the decisions."""
