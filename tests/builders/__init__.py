"""Builds what tests need: scenario rows, FHIR resources and hook calls. All data is synthetic."""
