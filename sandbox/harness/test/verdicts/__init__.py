"""Grades the corpus twice, in one process and across the seam, and compares the verdict of each test."""
