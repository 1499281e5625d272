"""Watch, allow and goods lists: entries, their files, and the compiled book that finds them."""
