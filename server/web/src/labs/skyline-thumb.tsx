import type { LabListItem } from '@nbpulse/schema/wire';

const height = 26;
/** A lab's skyline, small: one bar per question, as high as the share of students who sent it; errors hatched on top. */
export function SkylineThumb({ lab }: { lab: LabListItem }) {
  const { questions, participants } = lab;
  const step = Math.max(3, Math.min(13, 130 / Math.max(1, questions.length)));
  const width = Math.max(130, step * questions.length);
  const whole = Math.max(1, participants);
  const said = questions.map(({ key, answered }) => `${key}: ${String(answered)}`).join(', ');
  return (
    <svg
      className="sky"
      width={width}
      height={height}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      role="img"
      aria-label={`Sent, of ${String(participants)}: ${said}`}
    >
      <path d={`M0 ${String(height - 0.5)}H${String(width)}`} stroke="var(--line-2)" />
      {questions.map(({ key, answered, errors }, index) => {
        const right = Math.min(1, Math.max(0, answered - errors) / whole) * (height - 2);
        const wrong = Math.min(1, errors / whole) * (height - 2);
        const x = index * step;
        const across = Math.max(2, step - 3);
        return (
          <g key={key}>
            <rect x={x} y={height - 1 - right} width={across} height={right} fill="var(--done)" />
            {wrong > 1.5 && (
              <rect
                x={x + 0.6}
                y={height - 1 - right - wrong}
                width={Math.max(1, across - 1.2)}
                height={wrong - 0.8}
                fill="none"
                stroke="var(--error)"
                strokeWidth="1.2"
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}
