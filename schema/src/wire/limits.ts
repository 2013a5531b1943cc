/**
 * Every size, count and duration that a message may reach, in one place, read by the server, the
 * extension and the pages. The Python package carries a copy; `fixtures/limits.json` keeps the two equal.
 */
export const KiB = 1024;
export const MiB = 1024 * KiB;
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const limits = {
  /** One encoded value, as JSON text plus decoded binary parts. Text and tables are cut to fit, the rest is refused. */
  valueBytes: 1 * MiB,
  /** One batch of events, as sent over HTTP or a socket. A record of the full size plus its envelope fits. */
  batchBytes: 4 * MiB,
  batchEvents: 500,
  /** A question key: `3`, `2b`, `warm-up`. In Unicode code points. */
  questionKeyChars: 64,
  partChars: 64,
  /** A person's name as typed in the join dialog. In Unicode code points, after trimming. */
  nameChars: 80,
  labNameChars: 120,
  descriptionChars: 2_000,
  /** A notebook, as stored on the student's disk. */
  notebookBytes: 10 * MiB,
  /** Nesting of an encoded value; deeper parts arrive as their repr. */
  valueDepth: 20,
  /** Items of a container that are sent; the rest is counted. */
  valueItems: 1_000,
  textChars: 200_000,
  reprChars: 10_000,
  arrayItems: 2_000,
  frameRows: 50,
  frameColumns: 40,
  /** A value at most this long (as JSON) travels inside a live update; a longer one is fetched when opened. */
  previewBytes: 4 * KiB,
  /** All files of one assignment together. */
  assignmentBytes: 20 * MiB,
  assignmentFiles: 200,
  /** One message on the live socket, either way. */
  socketMessageBytes: 6 * MiB,
  /** Unsent bytes per socket before a slow reader is dropped (it resumes by `since`). */
  socketQueueBytes: 8 * MiB,
  /** Sustained events per device; a burst of the journal's size is let through after an outage. */
  deviceEventsPerSecond: 200,
  deviceEventsBurst: 12_000,
  joinAttemptsPerMinutePerCode: 600,
  deviceIdleMs: 180 * day,
  oneTimeLinkMs: 24 * hour,
  workerLeaseMs: 15 * second,
  workerHeartbeatMs: 3 * second,
  jobAttempts: 5,
} as const;

/** What the kernel's journal keeps per stream; beyond that each question's last record stays and the drop is counted. */
export const journalLimits = { records: 10_000, bytes: 64 * MiB } as const;
