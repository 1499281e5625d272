"""What runs and moves data: worker, learner, sources, embedded servers, the command line."""
