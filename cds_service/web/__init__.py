"""The HTTP interface: routes, middleware, bodies read within limits, errors as answers."""
