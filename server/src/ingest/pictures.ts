/** Takes the bytes of pictures out of a value: they become blobs, only their hash stays in the record. */
import { hash } from 'node:crypto';
import type { Value } from '@nbpulse/schema/wire';

export interface Picture {
  sha256: string;
  bytes: Buffer;
}

/** @returns the value without bytes and its pictures, or in words what is wrong with one of them */
export function takePictures(value: Value): { value: Value; pictures: Picture[] } | { wrong: string } {
  const pictures: Picture[] = [];
  const problems: string[] = [];

  const walk = (item: Value): Value => {
    switch (item.t) {
      case 'image': {
        const { b64, ...kept } = item;
        if (b64 === undefined) {
          problems.push('The picture came without its bytes. Send it again.');
          return kept;
        }
        const bytes = Buffer.from(b64, 'base64');
        const sha256 = hash('sha256', bytes, 'hex');
        if (sha256 !== item.sha256)
          problems.push('The bytes of the picture do not fit its sha256: they were damaged on the way.');
        else if (bytes.byteLength !== item.n) problems.push('The picture’s length is not the one that it names.');
        else pictures.push({ sha256, bytes });
        return kept;
      }
      case 'list':
      case 'tuple':
      case 'set':
      case 'frozenset':
        return { ...item, v: item.v.map(walk) };
      case 'dict':
        return { ...item, v: item.v.map(([key, entry]): [Value, Value] => [walk(key), walk(entry)]) };
      case 'object':
        return { ...item, fields: item.fields.map(([name, field]): [string, Value] => [name, walk(field)]) };
      default:
        return item;
    }
  };

  const without = walk(value);
  return problems[0] === undefined ? { value: without, pictures } : { wrong: problems[0] };
}

/** True when somewhere in it a picture may be; most records are small and have none. */
export const mayHoldPictures = (value: Value): boolean =>
  ['image', 'list', 'tuple', 'set', 'frozenset', 'dict', 'object'].includes(value.t);
