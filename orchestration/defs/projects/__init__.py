"""Extracts of researchers' projects."""
