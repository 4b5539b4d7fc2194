"""Every patient story, through the whole service."""
