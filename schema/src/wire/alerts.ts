/** The three rules that may raise an alert on the class page, with thresholds of the teacher's own. */
import { z } from 'zod';

export const alertRules = z.object({
  /** So many students with the same error on the same question within so many minutes. */
  sameError: z.object({ on: z.boolean(), students: z.int().min(2).max(1_000), minutes: z.int().min(1).max(240) }),
  /** This share of the class is so many minutes behind the plan at a question. */
  behind: z.object({ on: z.boolean(), share: z.number().min(0.05).max(1), minutes: z.int().min(1).max(240) }),
  /** In an open lab, nobody has sent anything for so many minutes. */
  silence: z.object({ on: z.boolean(), minutes: z.int().min(1).max(240) }),
});
export type AlertRules = z.infer<typeof alertRules>;
export const defaultAlertRules: AlertRules = {
  sameError: { on: true, students: 5, minutes: 5 },
  behind: { on: true, share: 0.5, minutes: 5 },
  silence: { on: true, minutes: 10 },
};
