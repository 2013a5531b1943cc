/** What a class sends, as JSON text: mostly scalars, some texts and lists, now and then a function. */

const code =
  'def gradient(w, x, y):\n    """Mean gradient of the squared error."""\n    prediction = x @ w\n    error = prediction - y\n    return 2 * x.T @ error / len(y)\n';

/** Keys of the questions that records go to. */
export const benchQuestions: readonly string[] = Array.from({ length: 8 }, (_, at) => String(1 + at));

/** JSON text of one event. */
export function recordText(seq: number, madeAt: string): string {
  return `{"kind":"record","seq":${seq},"madeAt":"${madeAt}","question":"${benchQuestions[seq % benchQuestions.length] ?? ''}","value":${valueText(seq)},"cell":"6f1c2a9e"}`;
}

function valueText(seq: number): string {
  switch (seq % 10) {
    case 0:
    case 1:
      return `{"t":"int","v":${seq}}`;
    case 2:
    case 3:
    case 4:
    case 5:
      return `{"t":"float","v":${(seq * 0.618034).toFixed(6)}}`;
    case 6:
    case 7:
      return `{"t":"str","v":"the mean of the ${seq} residuals is small"}`;
    case 8:
      return `{"t":"list","n":5,"v":[${[1, 2, 3, 4, 5].map((step) => `{"t":"float","v":${(seq / step).toFixed(3)}}`).join(',')}]}`;
    default:
      return `{"t":"code","kind":"function","name":"gradient","src":{"v":${JSON.stringify(`${code}# ${seq}`)}}}`;
  }
}
