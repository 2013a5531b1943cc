import { useCallback } from 'react';
import type { MyDevice } from '@nbpulse/schema/wire';
import { Icon } from '../shell/icons.js';
import { ListSection } from './listed.js';
import type { OwnApi } from './own-api.js';
import { ownTime } from './own-time.js';
import { useList } from './use-list.js';

const kindWords: Record<MyDevice['kind'], string> = {
  page: 'Notebook page',
  kernel: 'Kernel',
  browser: 'This page, in a browser',
};

/** Which computers and browsers act for this student. Signed-out ones are stored, too, so they are shown. */
export function Devices({ api, version }: { api: OwnApi; version: number }) {
  const listed = useList(
    useCallback((signal: AbortSignal) => api.devices(signal), [api]),
    version,
  );
  return (
    <ListSection title="Computers and browsers" n={listed.value?.devices.length} listed={listed} part="Your devices">
      {({ devices }) => (
        <ul className="me-rows tight">
          {devices.map((device) => (
            <li key={device.id}>
              <Icon name={device.revokedAt === null ? 'check' : 'x'} />
              <span className="grow">
                {kindWords[device.kind]}
                {device.label !== '' && <span className="q2"> {device.label}</span>}
                {device.current && <b> this one</b>}
                {device.revokedAt !== null && <span className="q3"> signed out</span>}
              </span>
              <span className="q3 sm">
                since {ownTime.full(Date.parse(device.createdAt))}, last used{' '}
                {ownTime.full(Date.parse(device.lastUsedAt))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </ListSection>
  );
}
