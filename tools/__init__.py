"""Programs beside the service: they use it from outside and are not installed with it."""
