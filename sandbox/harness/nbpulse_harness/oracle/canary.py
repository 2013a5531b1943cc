"""Tests that must fail, run in the same pytest through the same seam as all others.

If one of them passes, something has taken hold of the machinery that says *passed*, and no result of the run counts.
Each says something false about a value that came from the probe, in one of the ways in which tests say things. What is
false is decided by a random number of this run, so that no probe can make it true.
"""

from __future__ import annotations

import secrets

_SOURCE = """
import importlib
import unittest
import pytest


def echo(value):
    # Only here: a process that answers nothing must fail these tests, not keep this file from being collected.
    return importlib.import_module({module!r})._seam_session.peer.request("echo", (value,))


def test_plain_assert():
    assert echo({token!r}) == {other!r}


def test_containers():
    assert {{"a": [echo({token!r})]}} == {{"a": [{other!r}]}}


def test_no_exception():
    with pytest.raises(ValueError):
        echo({token!r})


class TestCanary(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(echo({token!r}), {other!r})
"""
COUNT = 4


def canary_source(module: str) -> str:
    return _SOURCE.format(module=module, token=secrets.token_hex(16), other=secrets.token_hex(16))
