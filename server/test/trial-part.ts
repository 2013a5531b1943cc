/** What a check leaves for trials of the doubling assignment: its two visible tests, cut from the file. */
import type { TrialSuite } from '@nbpulse/schema/wire';

export const doublingTrial: TrialSuite = {
  v: 1,
  files: [
    {
      path: 'tests/test_double.py',
      text: `import pytest
from submission import double

@pytest.mark.visible
def test_two():
    assert double(2) == 4

@pytest.mark.visible
def test_text():
    assert double('ab') == 'abab'
`,
    },
  ],
  testFiles: ['tests/test_double.py'],
  tests: [
    { name: 'test_two', maxPoints: 1 },
    { name: 'test_text', maxPoints: 1 },
  ],
  profile: { v: 1, rights: [], attributes: [], starNames: [], tests: [] },
};
