"""The rule files: the criteria as dated data, each number with its source."""

from cds_service.criteria_files.folder import CriteriaFiles, lint, load_criteria

__all__ = ["CriteriaFiles", "lint", "load_criteria"]
