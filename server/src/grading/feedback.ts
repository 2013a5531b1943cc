/** What a student may see of a report. Built field by field, so that nothing meant for staff slips through. */
import type { AssignmentManifest, FeedbackTest, RunReport, SubmissionView } from '@nbpulse/schema/wire';

/** Visible tests tell points, message and its parts; hidden ones name and points, the rest only when the author says so. */
export function feedbackOf(
  report: RunReport,
  { showHiddenMessages }: Pick<AssignmentManifest, 'showHiddenMessages'>,
): NonNullable<SubmissionView['result']> {
  return {
    outcome: report.outcome,
    reason: report.reason ?? null,
    points: report.points,
    maxPoints: report.maxPoints,
    tests: report.tests.map((test): FeedbackTest => {
      const told: FeedbackTest = {
        name: test.name,
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
