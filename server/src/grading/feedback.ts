/** What a student may see of a report. Built field by field, so that nothing meant for staff slips through. */
import type { AssignmentManifest, FeedbackTest, RunReport, SubmissionView } from '@nbpulse/schema/wire';

/** Visible tests tell points, message and its parts; hidden ones name and points, the rest only when the author says so. */
export function feedbackOf(
  report: RunReport,
  { showHiddenMessages }: Pick<AssignmentManifest, 'showHiddenMessages'>,
): NonNullable<SubmissionView['result']> {
  const names = shownNames(report, showHiddenMessages);
  return {
    outcome: report.outcome,
    reason: withShownNames(report.reason ?? null, names),
    points: report.points,
    maxPoints: report.maxPoints,
    tests: report.tests.map((test): FeedbackTest => {
      const told: FeedbackTest = {
        name: names.get(test.name) ?? test.name,
        status: test.status,
        visible: test.visible,
        points: test.points,
        maxPoints: test.maxPoints,
      };
      if (test.spoofable !== undefined) told.spoofable = test.spoofable;
      if (test.ownEquality !== undefined) told.ownEquality = test.ownEquality;
      const mayTell = test.visible || showHiddenMessages;
      if (test.message !== undefined && mayTell) told.message = test.message;
      if (test.detail !== undefined && mayTell) told.detail = test.detail;
      return told;
    }),
  };
}

/** pytest writes the arguments of a parametrized test into its name: those of a hidden one are numbered instead, from 1. */
function shownNames({ tests }: RunReport, showHiddenMessages: boolean): Map<string, string> {
  const shown = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { name, visible } of tests) {
    const bracket = name.indexOf('[');
    if (visible || showHiddenMessages || bracket < 0) continue;
    const plain = name.slice(0, bracket);
    const number = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, number);
    shown.set(name, `${plain}[${String(number)}]`);
  }
  return shown;
}

function withShownNames(reason: string | null, names: ReadonlyMap<string, string>): string | null {
  if (reason === null) return null;
  let told = reason;
  // The longest first: one name may be the beginning of another.
  for (const [name, shown] of [...names].sort(([a], [b]) => b.length - a.length)) told = told.replaceAll(name, shown);
  return told;
}
