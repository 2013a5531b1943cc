import { encodeText, isStorableJson } from '@nbpulse/schema/wire';

/** Postgres refuses NUL and half surrogates in jsonb and text; the sandbox cleans what it reports, a worker may not. */
export function storable<T>(value: T): T {
  if (isStorableJson(value)) return value;
  const clean = (item: unknown): unknown => {
    if (typeof item === 'string') return isStorableJson(item) ? item : encodeText(item).v;
    if (Array.isArray(item)) return item.map(clean);
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, clean(inner)]));
    }
    return item;
  };
  return clean(value) as T;
}
