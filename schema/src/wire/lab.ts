/** Labs, and what a teacher's page holds: one snapshot, then changes in the order of the lab's log. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { limits } from './limits.js';
import { labStatus, personName } from './people.js';
import { submissionStatus } from './submission.js';
import { outcome } from './grading.js';
import { value } from './value.js';
import { alertRules, defaultAlertRules } from './alerts.js';
import { expectedSetting, notebookRunView } from './expected.js';
import { verdict } from './verdict.js';

export const rev = z.int().nonnegative();

const labName = z.string().trim().min(1, 'a lab has a name').max(limits.labNameChars);
/** `POST /api/v1/courses/:course/labs` */
export const labCreate = z.object({
  name: labName,
  description: z.string().max(limits.descriptionChars).default(''),
  questions: z
    .array(
      z.object({
        key: questionKey,
        title: z.string().max(200).optional(),
        /** What the plan gives it. */
        targetMinutes: z.int().min(1).max(1_440).optional(),
      }),
    )
    .max(200)
    .default([]),
});
/** What staff decide about a lab. Told to participants: `activity`, `mayDelete` and the erase date. */
export const labSettings = z.object({
  /** Collect passive activity: which cell ran, the class of an error. */
  activity: z.boolean(),
  /** Participants may delete their own records. */
  mayDelete: z.boolean(),
  /** Take records of notebooks written for notebook-progress-tracker, which have no tokens: their senders are *unverified*. */
  trackerDoor: z.boolean(),
  /** Names of parts of the lab, in order. */
  parts: z.array(z.string().trim().min(1).max(limits.partChars)).max(50),
  alerts: alertRules,
  /** Who joins later than this after the opening is marked *opened late*. */
  lateMinutes: z.int().min(1).max(1_440),
});
export type LabSettings = z.infer<typeof labSettings>;
export const defaultLabSettings: LabSettings = {
  activity: false,
  mayDelete: false,
  trackerDoor: false,
  parts: [],
  alerts: defaultAlertRules,
  lateMinutes: 10,
};

/** `PATCH /api/v1/labs/:lab` */
export const labPatch = z.object({
  settings: labSettings.partial().optional(),
  /** Months after closing until records, notebooks and names go. */
  retentionMonths: z.int().min(1).max(120).optional(),
  /** The day on which they go instead; null: back to the months after closing. */
  eraseAt: instant.nullable().optional(),
  name: labName.optional(),
  description: z.string().max(limits.descriptionChars).optional(),
  status: labStatus.optional(),
});
/** `DELETE /api/v1/labs/:lab`: the join code is typed again. */
export const labDelete = z.object({ joinCode: z.string() });

export const labView = z.object({
  id: z.uuid(),
  course: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: labStatus,
  joinCode: z.string(),
  createdAt: instant,
  openedAt: instant.nullable(),
  closedAt: instant.nullable(),
  settings: labSettings,
  retentionMonths: z.int(),
  /** When records, notebooks and names go: the day that staff chose, else the months after closing, else (not closed yet) null. */
  eraseAt: instant.nullable(),
  /** Set once that has begun: from then on participants hear 410. It ends within the same run, or the next after a crash. */
  erasedAt: instant.nullable(),
});
export type LabView = z.infer<typeof labView>;

/** `GET /api/v1/courses/:course/labs`: each lab with its skyline. */
export const labListItem = labView.extend({
  participants: z.int(),
  /** Per question in order: how many have sent it, and how many of those last sent an error. */
  questions: z.array(z.object({ key: questionKey, answered: z.int(), errors: z.int() })),
  records: z.int(),
  storageBytes: z.int(),
});
export type LabListItem = z.infer<typeof labListItem>;

/** `GET /api/v1/courses/:course/labs`, newest first. */
export const labList = z.object({ labs: z.array(labListItem) });

export const participantView = z.object({
  id: z.uuid(),
  name: z.string(),
  joinedAt: instant,
  /** When this participant first came; null for a name of the class list that has *never opened* the notebook. */
  openedAt: instant.nullable(),
  removed: z.boolean(),
  /** True for a participant of an open door (no token): shown as *unverified*. */
  unverified: z.boolean(),
  /** False while this participant has switched sending off. */
  sending: z.boolean(),
  /** When everything about this participant was erased. The name is "erased" then, and nothing else of theirs is left. */
  erasedAt: instant.nullable(),
});
export type ParticipantView = z.infer<typeof participantView>;

/**
 * `GET /api/v1/labs/:lab/participants/:participant/erase`: who else in the course goes by the same name. Joining proves nobody's
 * identity, so one human in three labs is three participants that share a name; erasing takes all of them unless told otherwise.
 */
export const erasePreview = z.object({
  name: z.string(),
  participants: z.array(
    z.object({
      participant: z.uuid(),
      lab: z.uuid(),
      labName: z.string(),
      joinedAt: instant,
      records: z.int(),
      submissions: z.int(),
    }),
  ),
});
export type ErasePreview = z.infer<typeof erasePreview>;
/**
 * `POST …/erase` (teachers): everything about this person goes, in every lab of the course; the name is typed again.
 * `also`: exactly which of the preview's other participants are the same human. Left out: all of them.
 */
export const participantErase = z.object({ name: z.string().max(200), also: z.array(z.uuid()).max(200).optional() });
export const participantErased = z.object({ erasedAt: instant, participants: z.array(z.uuid()) });
export type ParticipantErased = z.infer<typeof participantErased>;

export const questionView = z.object({
  key: questionKey,
  title: z.string().nullable(),
  position: z.number(),
  /** What the plan gives this question; null: the plan does not say. */
  targetMinutes: z.int().positive().nullable(),
  expected: expectedSetting.nullable(),
  /** The template's own answer is known, so a record that repeats it is *reached*. */
  reachedKnown: z.boolean(),
  /** The revision at which everything already sent was judged anew; whoever holds older verdicts reads the cells of this question. */
  judgedRev: rev,
  /** Counts up with each edit of its groups by staff. */
  groupsRev: z.int().nonnegative(),
});
export type QuestionView = z.infer<typeof questionView>;
/** A question of which nothing but its key and its place is known. */
export const newQuestion = (key: string, position: number, title: string | null = null): QuestionView => ({
  key,
  title,
  position,
  targetMinutes: null,
  expected: null,
  reachedKnown: false,
  judgedRev: 0,
  groupsRev: 0,
});

/** One record. An image's bytes are at `/api/v1/labs/:lab/blobs/:sha256`. */
export const recordView = z.object({
  id: z.uuid(),
  participant: z.uuid(),
  question: questionKey,
  part: z.string().nullable(),
  /** Null when the value is longer than `limits.previewBytes` and must be fetched, or was deleted. */
  value: value.nullable(),
  /** One short line of the value, always there, for cells and lists: `[1063, 35]`, `Figure 640×480`, `IndexError: …`. */
  summary: z.string().max(200),
  /** Equal answers have equal hashes: `2`, `2.0` and `np.int64(2)` too. */
  hash: z.string(),
  error: z.boolean(),
  madeAt: instant,
  receivedAt: instant,
  /** Made before the lab closed, received after. */
  late: z.boolean(),
  deleted: z.boolean(),
  /** Taken out of every view and count by staff; of a deletion that can still be undone too. */
  hidden: z.boolean(),
  /** The value's tag, also of a value that is not with the record; null once deleted. */
  tag: z.string().max(20).nullable(),
  /** Null: nothing is expected. Participants always get null. */
  verdict: verdict.nullable(),
});
export type RecordView = z.infer<typeof recordView>;

const checkpointChange = z.object({
  id: z.uuid(),
  participant: z.uuid(),
  madeAt: instant,
  receivedAt: instant,
  sha256: z.string(),
  bytes: z.int(),
});
export type CheckpointChange = z.infer<typeof checkpointChange>;
const submissionChange = z.object({
  id: z.uuid(),
  number: z.string(),
  participant: z.uuid(),
  assignment: z.string(),
  receivedAt: instant,
  status: submissionStatus,
  outcome: outcome.nullable(),
  /** Null for assistants, who see no grades. */
  points: z.number().nullable(),
  maxPoints: z.number().nullable(),
});
export type SubmissionChange = z.infer<typeof submissionChange>;

/** One passive event; of each participant the page needs the latest. */
const activityChange = z.object({
  participant: z.uuid(),
  what: z.enum(['cell-run', 'error']),
  question: questionKey.nullable(),
  error: z.string().nullable(),
  madeAt: instant,
});
export type ActivityChange = z.infer<typeof activityChange>;

/**
 * One thing that changed, with the revision that made it visible. Applying a change twice, or a newer one before an
 * older, leaves the newest: each replaces the whole of what it names.
 */
export const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lab'), rev, lab: labView }),
  z.object({ kind: z.literal('lab-deleted'), rev }),
  z.object({ kind: z.literal('participant'), rev, participant: participantView }),
  z.object({ kind: z.literal('question'), rev, question: questionView }),
  z.object({ kind: z.literal('record'), rev, record: recordView }),
  z.object({
    kind: z.literal('dropped'),
    rev,
    participant: z.uuid(),
    question: questionKey,
    count: z.int(),
    madeAt: instant,
  }),
  z.object({ kind: z.literal('activity'), rev, activity: activityChange }),
  z.object({ kind: z.literal('notebook-run'), rev, run: notebookRunView }),
  z.object({ kind: z.literal('checkpoint'), rev, checkpoint: checkpointChange }),
  z.object({ kind: z.literal('submission'), rev, submission: submissionChange }),
]);
export type Change = z.infer<typeof change>;

/** A cell of the grid: what one participant sent to one question. */
export const gridCell = z.object({
  participant: z.uuid(),
  question: questionKey,
  records: z.int().positive(),
  errors: z.int().nonnegative(),
  /** Errors since the last record that was none. */
  errorRun: z.int().nonnegative(),
  /** Equal answers in a row, the last one among them: the same error, or the same wrong value, sent again and again. */
  sameRun: z.int().positive(),
  firstAt: instant,
  lastAt: instant,
  last: z.object({
    id: z.uuid(),
    summary: z.string(),
    hash: z.string(),
    error: z.boolean(),
    verdict: verdict.nullable(),
  }),
});
export type GridCell = z.infer<typeof gridCell>;

export const presenceState = z.enum(['online', 'idle', 'offline']);
export const presence = z.object({
  participant: z.uuid(),
  state: presenceState,
  /** Open connections from different devices; 2 or more is shown as "on two machines". */
  devices: z.int().nonnegative(),
  /** Records that wait on the student's side. */
  waiting: z.int().nonnegative(),
  seenAt: instant.nullable(),
});
export type Presence = z.infer<typeof presence>;

/** `GET /api/v1/labs/:lab/state`: everything the class page shows, as of `rev`. */
export const labState = z.object({
  rev,
  serverAt: instant,
  lab: labView,
  participants: z.array(participantView),
  questions: z.array(questionView),
  cells: z.array(gridCell),
  /** Times of each participant's records for the activity strip: minutes since the lab opened, errors negative. At most 400 each. */
  activity: z.array(z.object({ participant: z.uuid(), at: z.array(z.number()), errorAt: z.array(z.number()) })),
  /** Each participant's latest passive event, in a lab that collects them. */
  latestActivity: z.array(activityChange),
  submissions: z.array(submissionChange),
  /** The latest run of each kind. */
  notebookRuns: z.array(notebookRunView),
  presence: z.array(presence),
});
export type LabState = z.infer<typeof labState>;

/** `GET /api/v1/labs/:lab/cells?question=&participant=`: part of the grid, read anew: after a verdict changed, or a record was hidden. */
export const labCells = z.object({ rev, cells: z.array(gridCell) });
export type LabCells = z.infer<typeof labCells>;

/** `PUT /api/v1/labs/:lab/plan` (teachers): titles and target times of the questions it names; it declares those that are new. */
export const planWanted = z.object({
  questions: z
    .array(
      z.object({
        key: questionKey,
        title: z.string().trim().max(200).nullable().optional(),
        targetMinutes: z.int().min(1).max(1_440).nullable().optional(),
      }),
    )
    .max(200),
});

/** `POST /api/v1/labs/:lab/people` (teachers): names of a class list. Who joins by such a name becomes that participant. */
export const classList = z.object({ names: z.array(personName).min(1).max(2_000) });
export const classListed = z.object({ added: z.int(), known: z.int() });

/** `PUT /api/v1/labs/:lab/participants/:participant/note`: only staff ever see it. Empty text removes it. */
export const staffNoteWanted = z.object({
  text: z.string().max(5_000),
  /** `at` of the note that was edited, null for none: a 409 tells that somebody else wrote meanwhile. */
  of: instant.nullable(),
});
export const staffNote = z.object({ text: z.string(), by: z.string().nullable(), at: instant });
export type StaffNote = z.infer<typeof staffNote>;
/** What the `PUT` answers. When somebody else wrote meanwhile: 409, and the problem's `now` is this note of theirs. */
export const staffNoteWritten = z.object({ note: staffNote.nullable() });

/** `GET /api/v1/labs/:lab/log?since=N`: the changes after N, in order, at most 2,000; `to` tells where it ends, `more` whether to ask again. */
export const labLog = z.object({ from: rev, to: rev, more: z.boolean(), changes: z.array(change) });
export type LabLog = z.infer<typeof labLog>;

/** `GET /api/v1/labs/:lab/questions/:key/records?view=latest|first|all` */
export const questionRecords = z.object({
  rev,
  question: questionView,
  view: z.enum(['latest', 'first', 'all']),
  records: z.array(recordView),
});
export type QuestionRecords = z.infer<typeof questionRecords>;

/** `GET /api/v1/labs/:lab/participants/:participant/timeline`: oldest first. */
export const timelineItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('joined'), at: instant }),
  /** `removedBy`: of a record that is hidden or deleted, the name of who did it; `student` when it was the student. */
  z.object({
    kind: z.literal('record'),
    at: instant,
    record: recordView,
    removedBy: z.string().nullable().default(null),
  }),
  /** Only while it is off: since when. */
  z.object({ kind: z.literal('sending-off'), at: instant }),
  z.object({ kind: z.literal('dropped'), at: instant, question: questionKey, count: z.int() }),
  z.object({ kind: z.literal('checkpoint'), at: instant, checkpoint: checkpointChange }),
  z.object({ kind: z.literal('submission'), at: instant, submission: submissionChange }),
]);
export type TimelineItem = z.infer<typeof timelineItem>;
export const timeline = z.object({
  rev,
  participant: participantView,
  /** Null for assistants: with it and the join code one comes back as this student, who sees their own grades. */
  returnCode: z.string().nullable(),
  presence: presence.nullable(),
  note: staffNote.nullable(),
  questions: z.array(questionView),
  items: z.array(timelineItem),
  /** How often the visible tests were run without handing in. */
  trials: z.int(),
});
export type Timeline = z.infer<typeof timeline>;
