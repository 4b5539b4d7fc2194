"""The service as a CDS client sees it, item by item of our conformance list."""
