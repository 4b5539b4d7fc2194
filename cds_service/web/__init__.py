"""The HTTP interface: routes, the door before them, requests read strictly, errors as answers."""
