/** The plugin: one build for JupyterLab 4 and Notebook 7. */
import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { KernelMessage } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { Signal } from '@lumino/signaling';
import { pageClock } from './clock.js';
import {
  addCommands,
  checkpoint,
  commandIds,
  notifyCommands,
  submit,
  tryTests,
  type CommandParts,
} from './commands.js';
import { Desk } from './desk.js';
import { dialWebSocket } from './dial.js';
import { logoIcon } from './icons.js';
import { kernelBundle } from './kernel-bundle.js';
import { StudentPanel } from './panel/panel.js';
import { watchPresence } from './presence.js';
import { Room } from './room.js';
import { StatusItem } from './status-item.js';
import { openStore } from './store.js';
import { Tabs } from './tabs.js';

const pluginId = 'nbpulse:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: pluginId,
  description: 'Sends values to the class, checkpoints and submits notebooks, shows what became of them.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ISettingRegistry, ICommandPalette, IStatusBar, ILabShell, ILayoutRestorer],
  activate: async (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    settingRegistry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
  ) => {
    const store = await openStore().catch(() => null);
    if (!store) {
      Notification.error(
        'nbpulse is off: this browser keeps nothing for this page, so what you send could be lost. Allow site data (or leave the private window) and reload.',
        { autoClose: false },
      );
      return;
    }
    const room = new Room({
      store,
      clock: pageClock,
      dial: dialWebSocket,
      contents: app.serviceManager.contents,
      createMessage: KernelMessage.createMessage,
      kernelBundle,
      pageProtocol: location.protocol,
      environment: PageConfig.getOption('nbpulseServer'),
      tabs: typeof BroadcastChannel === 'undefined' ? undefined : new Tabs(new BroadcastChannel('nbpulse')),
      deviceLabel: `${labShell ? 'JupyterLab' : 'Notebook'} at ${location.host}`.slice(0, 120),
    });
    await followSettings(room, settingRegistry);

    const desks = new Map<NotebookPanel, Desk>();
    const current = (): Desk | null => (tracker.currentWidget ? (desks.get(tracker.currentWidget) ?? null) : null);
    const panel = new StudentPanel({
      submit: () => void submit(parts),
      tryTests: () => void tryTests(parts),
      checkpoint: () => void checkpoint(parts),
      leave: (desk) => desk.leave(),
    });
    const reveal = (): void => revealPanel(app, labShell, panel);
    const parts: CommandParts = { app, panel, current, reveal };
    addCommands(parts);
    for (const command of Object.values(commandIds)) palette?.addItem({ command, category: 'nbpulse' });
    panel.title.icon = logoIcon;
    panel.title.caption = 'nbpulse: your class';
    // A panel that was open before a reload is open after it: the result that one waits for stays in sight.
    restorer?.add(panel, panel.id);
    app.shell.add(panel, 'right', { rank: 900, type: 'nbpulse' });

    const items: StatusItem[] = [];
    if (statusBar) {
      const item = new StatusItem(reveal);
      items.push(item);
      statusBar.registerStatusItem('nbpulse:status', { item, align: 'right', rank: 50, isActive: () => true });
    }
    const follow = (): void => {
      panel.follow(current());
      for (const item of items) item.follow(current());
      notifyCommands(app);
    };

    const open = (notebook: NotebookPanel): void => {
      if (desks.has(notebook)) return;
      const desk = new Desk(notebook, room);
      desks.set(notebook, desk);
      if (!statusBar) addBadge(notebook, desk, reveal);
      desk.wantsPanel.connect(() => {
        if (desk === current() && isFirstTime(desk)) reveal();
      });
      desk.asked.connect((_, what) => void (what === 'submit' ? submit(parts) : checkpoint(parts)));
      let state = desk.state;
      desk.changed.connect(() => {
        if (desk.state === state) return;
        state = desk.state;
        notifyCommands(app);
      });
      notebook.disposed.connect(() => {
        desks.delete(notebook);
        follow();
      });
      follow();
    };
    NotebookActions.executed.connect((_, { notebook, cell, success, error }) => {
      const source = cell.model.sharedModel.getSource();
      // A cell that was skipped because one before it failed did not run.
      const hasRun = cell.model.type === 'code' && source.trim() !== '' && (success || error != null);
      if (!hasRun) return;
      const run = { cell: cell.model.id, source, error: success ? null : (error?.errorName ?? '') };
      for (const [panel, desk] of desks) if (panel.content === notebook) desk.ran(run);
    });
    tracker.widgetAdded.connect((_, notebook) => open(notebook));
    tracker.currentChanged.connect(follow);
    tracker.forEach(open);
    watchPresence(room);
  },
};

/** Settings before the first notebook settles; later changes send every notebook to look again. */
async function followSettings(room: Room, registry: ISettingRegistry | null): Promise<void> {
  if (!registry) return;
  try {
    const settings = await registry.load(pluginId);
    const read = (): void => {
      const { server, name } = settings.composite;
      room.settings = { server: typeof server === 'string' ? server : '', name: typeof name === 'string' ? name : '' };
    };
    read();
    settings.changed.connect(() => {
      read();
      room.settingsChanged.emit(undefined);
    });
  } catch (cause) {
    console.warn('nbpulse: its settings could not be read; the notebook’s own link is used.', cause);
  }
}

/** Opens the side area on our panel, and leaves the focus where the student types. */
function revealPanel(app: JupyterFrontEnd, labShell: ILabShell | null, panel: StudentPanel): void {
  const focused = document.activeElement;
  if (labShell && panel.isVisible) return;
  // The area opens as wide as its content asks: at our width first, and from then on as narrow as the student likes.
  panel.node.style.minWidth = window.innerWidth < 1_400 ? '280px' : '320px';
  app.shell.activateById(panel.id);
  pageClock.after(1_000, () => {
    panel.node.style.minWidth = '';
  });
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
}

/** "Once": per lab and browser, so a student who closed the panel is not shown it again. */
function isFirstTime(desk: Desk): boolean {
  const key = `nbpulse:shown:${desk.join?.address ?? ''} ${desk.link.lab ?? desk.link.joinCode ?? ''}`;
  if (localStorage.getItem(key) !== null) return false;
  localStorage.setItem(key, '1');
  return true;
}

/** Notebook 7 has no status bar: its badge stands in the notebook's toolbar. */
function addBadge(notebook: NotebookPanel, desk: Desk, reveal: () => void): void {
  const badge = new StatusItem(reveal);
  badge.addClass('nbp-Badge');
  badge.follow(desk);
  if (!notebook.toolbar.insertBefore('kernelName', 'nbpulse-status', badge)) {
    notebook.toolbar.addItem('nbpulse-status', badge);
  }
  notebook.disposed.connect(() => Signal.clearData(badge));
}

export default plugin;
