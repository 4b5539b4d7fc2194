"""Settings, strict reading and plain writing: the parts of the HTTP shell one by one."""
