/**
 * Where the parts of a value come from. Staff read them by the lab, with their cookie; a student's page reads the student's
 * own, with a token that no `<img>` or `<iframe>` can carry, so it hands out addresses that need none.
 */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { apiUrl } from '../address.js';
import { readRecord } from '../api/labs.js';
import type { Answer } from '../api/request.js';

export interface ValueSource {
  /** The record with its whole value. */
  readRecord: (record: string) => Promise<Answer<RecordView>>;
  /** An address for `<img>`; null when there is none (the picture is gone, the server is away). */
  pictureUrl: (sha256: string) => string | Promise<string | null>;
  /** An address for the sandboxed frame of a rich record. */
  renderUrl: (record: string) => string | Promise<string | null>;
}

/** Stands round the pages that are no staff's. */
export const ValueSourceContext = createContext<ValueSource | null>(null);

const staffSources = new Map<string, ValueSource>();
function staffSource(lab: string): ValueSource {
  let source = staffSources.get(lab);
  if (!source) {
    const path = `labs/${encodeURIComponent(lab)}`;
    source = {
      readRecord: (record) => readRecord(lab, record),
      pictureUrl: (sha256) => apiUrl(`${path}/blobs/${sha256}`),
      renderUrl: (record) => apiUrl(`${path}/records/${encodeURIComponent(record)}/render`),
    };
    staffSources.set(lab, source);
  }
  return source;
}

export function useValueSource(lab: string): ValueSource {
  return useContext(ValueSourceContext) ?? staffSource(lab);
}

/** Asks once for each `key`, which names what `made` asks for. `undefined` while it is asked for, null when there is none. */
export function useUrl(made: () => string | Promise<string | null>, key: string): string | null | undefined {
  const asked = useMemo(made, [key]);
  const [got, setGot] = useState<{ asked: Promise<string | null>; url: string | null } | null>(null);
  useEffect(() => {
    if (typeof asked === 'string') return;
    let wanted = true;
    void asked.then((url) => {
      if (wanted) setGot({ asked, url });
    });
    return () => {
      wanted = false;
    };
  }, [asked]);
  if (typeof asked === 'string') return asked;
  return got?.asked === asked ? got.url : undefined;
}
