"""`greenlane screen`: a file through broker, worker and learner on this machine."""
