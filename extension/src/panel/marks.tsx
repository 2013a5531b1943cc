/** Status marks, presence dots and icons as elements. The strings are our own constants, never anybody's input. */
import * as React from 'react';
import { iconSvg, markPaths, presencePaths, type IconName, type PresenceMark } from './icon-paths.js';

export function Mark(props: { status: string; label?: string | undefined }): React.ReactElement {
  const named = props.label ? { role: 'img', 'aria-label': props.label } : { 'aria-hidden': true };
  const html = { __html: markPaths[props.status] ?? markPaths['not-started'] ?? '' };
  return (
    <svg className="nbp-Mark" width="14" height="14" viewBox="0 0 16 16" {...named} dangerouslySetInnerHTML={html} />
  );
}

export function Presence(props: { mark: PresenceMark }): React.ReactElement {
  const html = { __html: presencePaths[props.mark] };
  return (
    <svg className="nbp-Presence" width="8" height="8" viewBox="0 0 8 8" aria-hidden dangerouslySetInnerHTML={html} />
  );
}

export function Icon(props: { name: IconName }): React.ReactElement {
  return <span className="nbp-IconBox" aria-hidden dangerouslySetInnerHTML={{ __html: iconSvg(props.name) }} />;
}
