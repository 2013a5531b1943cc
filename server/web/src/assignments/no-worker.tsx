/** Nothing is checked and nothing graded until a worker calls: said where somebody waits for it. */
import { Mark } from '../shell/marks.js';

export function NoWorker() {
  return (
    <div className="no-worker" role="status">
      <Mark name="error" size={20} />
      <div>
        <b>No worker is there</b>
        <p className="q2">
          Nothing is checked or graded until one is. What students hand in is kept, and graded by itself then. A worker
          starts with <code>npm start</code>, unless it was told <code>--no-grading</code> or found no sandbox;{' '}
          <code>npx nbpulse doctor</code> says why.
        </p>
      </div>
    </div>
  );
}
