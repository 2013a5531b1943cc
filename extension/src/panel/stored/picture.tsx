/** A picture that the student sent, from the server's store: its bytes need the participant's token, so no plain address will do. */
import type { Value } from '@nbpulse/schema/wire';
import * as React from 'react';
import type { Seat } from '../../seat.js';
import { valueText } from './value-text.js';

export function Picture(props: { seat: Seat; image: Extract<Value, { t: 'image' }> }): React.ReactElement {
  const { seat, image } = props;
  const { sha256 } = image;
  const [address, setAddress] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => {
    let made: string | null = null;
    let isShown = true;
    void seat.api.picture(sha256).then((reply) => {
      if (!isShown) return;
      if (reply.ok) made = URL.createObjectURL(reply.value);
      setAddress(made);
      setProblem(reply.ok ? null : reply.problem.message);
    });
    return () => {
      isShown = false;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [seat, sha256]);
  const words = valueText(image);
  return (
    <figure className="nbp-Picture">
      {address === null ? null : <img src={address} alt={words} />}
      <figcaption className="nbp-quiet">{problem ?? words}</figcaption>
    </figure>
  );
}
