"""Researchers' projects: declared, built as extracts under tokens of their own, listed and ended."""

from orchestration.projects.columns import offer
from orchestration.projects.declaring import Approval, Declared, Ended, approval, declare, end
from orchestration.projects.errors import ProjectError
from orchestration.projects.extracts import Built, build_extracts
from orchestration.projects.listing import list_projects

__all__ = [
    "Approval",
    "Built",
    "Declared",
    "Ended",
    "ProjectError",
    "approval",
    "build_extracts",
    "declare",
    "end",
    "list_projects",
    "offer",
]
