import type { AboutMe } from './archive-me.js';

/** What lies in the archive, in plain words. */
export function archiveReadme(me: AboutMe): string {
  const { lab } = me;
  return `What nbpulse stores about ${me.participant.name}
in the lab "${lab.name}" of the course "${me.course}", as of ${me.writtenAt} (UTC).

me.json         Your name, your return code, and the computers and browsers from which you joined. Each of them
                holds a token; the server keeps only its sha256, which is not in here. No addresses are stored.
records.json    "records": everything you sent, oldest first, with its whole history. A deleted record keeps
                its question and its times, and nothing else.
                "others": records that your own computer had to give up before they were sent ("dropped")${lab.activity ? ',\n                and which cells ran (this lab collects that)' : ''}.
                "conflicts": what came under a number that was taken already, and was kept beside it.
                Numbers that JSON cannot hold, dates and bytes are tagged values: {"t": "int", "v": "..."}.
pictures/       The pictures that your records hold, named by their sha256, as the records name them.
checkpoints/    Your notebooks as they were stored while you worked.
submissions/    What you handed in, byte for byte (.ipynb), and beside each its receipt and the feedback that
                you may see (.json). .executed.ipynb is the same notebook with the outputs of its graded run.
trials.json     Your newest run of the visible tests of each assignment, with its result. Its notebook is not kept.

Not in here: what your teachers write about a grade for themselves. Ask them: ${me.teachers.join(', ') || 'your teacher'}.

${
  lab.eraseAt === null
    ? 'The day on which all of this is erased is not set yet: it follows from the day on which the lab is closed.'
    : `All of this is erased on ${lab.eraseAt.slice(0, 10)}, unless your teachers change that day.`
}
`;
}
