/**
 * What an author's solution needed from a suite of tests, recorded once when it is run. A student's submission gets exactly these
 * rights: anything else of the student's isn't asked, and never sees an expected value. Stored with the suite's version, and shown.
 */
import { z } from 'zod';

const file = z.string().max(200);
const pythonName = z.string().min(1).max(200);

/** `equal`: `==`, `!=`. `compare`: `<` and its kin. `contains`: `in`. `arithmetic`: all other operators, reflected ones too. */
export const operatorKind = z.enum(['equal', 'compare', 'contains', 'arithmetic']);
export type OperatorKind = z.infer<typeof operatorKind>;

export const suiteProfile = z.object({
  v: z.literal(1),
  /** Pairs of operator and class of the submission that met plain data or an object of the test's, by file of tests. */
  rights: z.array(z.object({ file, kind: operatorKind, className: pythonName })).max(2_000),
  /** Attributes that the submission set on objects of the test's: the object's class, and the name. */
  attributes: z.array(z.object({ file, className: pythonName, name: pythonName })).max(2_000),
  /** What `from submission import *` gave, by file. A file that does not do that is not in it. */
  starNames: z.array(z.object({ file, names: z.array(pythonName).max(2_000) })).max(500),
  /** Every test there is, by pytest's id below the suite's folder, and whether a `==` of the submission's own decided in it. */
  tests: z.array(z.object({ id: z.string().min(1).max(400), ownEquality: z.boolean() })).max(2_000),
});
export type SuiteProfile = z.infer<typeof suiteProfile>;
