/** The status line as a widget: an item of JupyterLab's status bar, or a badge in Notebook 7's notebook toolbar. */
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import type { Desk } from './desk.js';
import { Presence } from './panel/marks.js';
import { statusLine } from './status-line.js';

export class StatusItem extends ReactWidget {
  private readonly redrawn = new Signal<this, undefined>(this);
  private desk: Desk | null = null;

  constructor(private readonly openPanel: () => void) {
    super();
    this.addClass('nbp-StatusItem');
  }

  follow(desk: Desk | null): void {
    if (this.desk !== desk) {
      this.desk?.changed.disconnect(this.redraw);
      desk?.changed.connect(this.redraw);
      this.desk = desk;
    }
    this.redraw();
  }

  override dispose(): void {
    this.desk?.changed.disconnect(this.redraw);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    return (
      <UseSignal signal={this.redrawn}>
        {() => {
          const line = statusLine(this.desk);
          if (!line) return null;
          return (
            <button
              type="button"
              className={['nbp-Status', line.isLoud ? 'nbp-loud' : '', line.mark === 'off' ? 'nbp-calm' : ''].join(' ')}
              title={line.title}
              onClick={this.openPanel}
            >
              <Presence mark={line.mark} />
              <span>nbpulse: {line.text}</span>
            </button>
          );
        }}
      </UseSignal>
    );
  }

  private readonly redraw = (): void => {
    this.redrawn.emit(undefined);
  };
}
