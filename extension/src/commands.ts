/** Send checkpoint, Submit, open the panel, leave: for the palette, the toolbar, the menu, shortcuts and the panel. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import type { Desk } from './desk.js';
import { checkIcon, flagIcon, logoIcon, upIcon } from './icons.js';
import type { StudentPanel } from './panel/panel.js';
import { renumber } from './renumber.js';

export const commandIds = {
  checkpoint: 'nbpulse:checkpoint',
  submit: 'nbpulse:submit',
  tryTests: 'nbpulse:run-tests',
  openPanel: 'nbpulse:open-panel',
  renumber: 'nbpulse:renumber',
  leave: 'nbpulse:leave',
} as const;

/** By name: a toolbar button looks again only when its own command is said to have changed. */
export function notifyCommands(app: JupyterFrontEnd): void {
  for (const id of Object.values(commandIds)) app.commands.notifyCommandChanged(id);
}

export interface CommandParts {
  app: JupyterFrontEnd;
  panel: StudentPanel;
  current: () => Desk | null;
  /** Shows the panel without moving the focus. */
  reveal: () => void;
}

export function addCommands(parts: CommandParts): void {
  const { app, panel, current, reveal } = parts;
  const isInClass = (): boolean => {
    const desk = current();
    return desk !== null && desk.state !== 'opening' && (desk.state !== 'unlinked' || desk.seat !== null);
  };
  app.commands.addCommand(commandIds.checkpoint, {
    label: 'Send checkpoint',
    caption: 'Save the notebook and send it to your teacher as it is',
    icon: flagIcon,
    isEnabled: () => current() !== null,
    isVisible: isInClass,
    execute: () => checkpoint(parts),
  });
  app.commands.addCommand(commandIds.submit, {
    label: 'Submit',
    caption: 'Save the notebook and hand it in',
    icon: upIcon,
    isEnabled: () => current() !== null,
    isVisible: isInClass,
    execute: () => submit(parts),
  });
  app.commands.addCommand(commandIds.tryTests, {
    label: 'Run the tests',
    caption: 'Save the notebook and run the visible tests on it, without handing in',
    icon: checkIcon,
    isEnabled: () => current() !== null,
    isVisible: isInClass,
    execute: () => tryTests(parts),
  });
  app.commands.addCommand(commandIds.openPanel, {
    label: 'Open the nbpulse panel',
    icon: logoIcon,
    execute: () => {
      panel.turnTo('questions');
      reveal();
    },
  });
  app.commands.addCommand(commandIds.renumber, {
    label: 'Renumber send lines',
    caption: 'Number the questions of send(…) in the order of the cells; shows the difference first',
    isEnabled: () => current() !== null,
    execute: async () => {
      const desk = current();
      if (desk) await renumber(desk.panel);
    },
  });
  app.commands.addCommand(commandIds.leave, {
    label: 'Leave this computer',
    caption: 'Send what waits, then forget who you are here',
    isEnabled: () => current()?.seat != null,
    execute: async () => {
      const desk = current();
      if (desk) await leave(desk);
    },
  });
}

export async function checkpoint({ current, reveal }: CommandParts): Promise<void> {
  const desk = current();
  if (!desk) return;
  if (!desk.seat) {
    reveal();
    return;
  }
  await desk.checkpoint();
}

export async function submit({ current, panel, reveal }: CommandParts): Promise<void> {
  const desk = current();
  if (!desk) return;
  if (!desk.seat) {
    reveal();
    return;
  }
  const assignment = await chooseAssignment(desk, 'Submit');
  if (assignment === null) {
    reveal();
    return;
  }
  panel.turnTo('submission');
  reveal();
  await desk.submit(assignment);
  if (desk.trouble !== null) panel.turnTo('questions');
}

export async function tryTests({ current, panel, reveal }: CommandParts): Promise<void> {
  const desk = current();
  if (!desk) return;
  const assignment = desk.seat ? await chooseAssignment(desk, 'Run the tests') : null;
  if (assignment !== null) panel.turnTo('trial');
  reveal();
  if (assignment === null) return;
  await desk.tryTests(assignment);
  if (desk.trouble !== null) panel.turnTo('questions');
}

/** What the notebook names, else the lab's only one; asks when there are several. Null: nothing to hand in, or not now. */
async function chooseAssignment(desk: Desk, verb: 'Submit' | 'Run the tests'): Promise<string | null> {
  const assignments = desk.seat?.me?.lab.assignments ?? null;
  if (desk.link.assignment !== undefined) return desk.link.assignment;
  if (assignments === null) {
    desk.tell('The server has not said yet which assignments this lab has. Try again when you are connected.');
    return null;
  }
  const [only, second] = assignments;
  if (!only) {
    desk.tell('This lab has no assignment. “Send checkpoint” gives your teacher the notebook as it is.');
    return null;
  }
  if (!second) return only.slug;
  const body = new AssignmentChoice(assignments);
  const answer = await showDialog({
    title: `${verb} for which assignment?`,
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: verb })],
  });
  return answer.button.accept ? answer.value : null;
}

class AssignmentChoice extends Widget {
  private readonly select = document.createElement('select');

  constructor(assignments: { slug: string; title: string }[]) {
    super();
    const label = document.createElement('label');
    label.textContent = 'This lab has several assignments.';
    this.select.className = 'nbp-Select';
    for (const { slug, title } of assignments) this.select.add(new Option(title, slug));
    label.append(this.select);
    this.node.append(label);
  }
  getValue(): string {
    return this.select.value;
  }
}

async function leave(desk: Desk): Promise<void> {
  const seat = desk.seat;
  if (!seat) return;
  const unsent = seat.waiting + seat.held + seat.onTheirWay.length;
  const answer = await showDialog({
    title: 'Leave this computer?',
    body:
      (unsent > 0
        ? `${unsent} of your records or notebooks are not sent yet and would be lost. `
        : 'Everything was sent. ') +
      `This computer forgets who you are. Your return code is ${seat.identity.returnCode}.`,
    buttons: [Dialog.cancelButton({ label: 'Stay' }), Dialog.warnButton({ label: 'Leave' })],
  });
  if (answer.button.accept) await desk.leave();
}
