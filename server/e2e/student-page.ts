/** JupyterLab as a student has it: files by the contents API, the rest by what a person sees and presses. */
import { expect, type Locator, type Page } from '@playwright/test';
import { z } from 'zod';
import type { Started } from './started.js';

interface Cell {
  id: string;
  source: string;
  type?: 'code' | 'markdown';
}

export class StudentPage {
  readonly panel: Locator;
  private readonly jupyter: URL;
  private readonly token: string;

  constructor(
    readonly page: Page,
    started: Started,
  ) {
    this.jupyter = new URL('/', started.notebookLink);
    this.token = new URL(started.notebookLink).searchParams.get('token') ?? '';
    this.panel = page.locator('#nbpulse-panel');
  }

  /** Writes a notebook beside the examples. */
  async write(path: string, cells: Cell[], link: Record<string, string>): Promise<void> {
    const content = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' },
        nbpulse: link,
      },
      cells: cells.map(({ id, source, type = 'code' }) => ({
        id,
        cell_type: type,
        metadata: {},
        source,
        ...(type === 'code' ? { outputs: [], execution_count: null } : {}),
      })),
    };
    const reply = await this.page.request.put(new URL(`api/contents/${path}`, this.jupyter).href, {
      headers: { authorization: `token ${this.token}` },
      data: { type: 'notebook', format: 'json', content },
    });
    expect(reply.ok(), `writing ${path}: ${reply.status()}`).toBe(true);
  }

  async open(path: string, front: 'lab/tree' | 'notebooks' = 'lab/tree'): Promise<void> {
    await this.show(path, front);
    await this.idle();
  }

  /** Opens it whatever its kernel does. */
  async show(path: string, front: 'lab/tree' | 'notebooks' = 'lab/tree'): Promise<void> {
    await this.page.goto(new URL(`${front}/${path}?token=${this.token}&reset`, this.jupyter).href);
    await expect(this.cell(0)).toBeVisible({ timeout: 60_000 });
  }

  /** Waits until the kernel is there and does nothing. */
  async idle(): Promise<void> {
    await expect(this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first()).toBeVisible({
      timeout: 60_000,
    });
  }

  async join(name: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Join the lab' }).click();
    await expect(this.page.getByText(/^Saved|Connected/).first()).toBeVisible();
  }

  /** Of the kernel that runs this notebook, as Jupyter says. */
  async kernelId(path: string): Promise<string> {
    const reply = await this.page.request.get(new URL('api/sessions', this.jupyter).href, {
      headers: { authorization: `token ${this.token}` },
    });
    const sessions = z.array(z.object({ path: z.string(), kernel: z.object({ id: z.string() }) }));
    const session = sessions.parse(await reply.json()).find((one) => one.path === path);
    if (!session) throw new Error(`no kernel runs ${path}`);
    return session.kernel.id;
  }

  /** Of this browser for the lab: what its page shows to the server. */
  async deviceToken(lab: string): Promise<string> {
    const found = await this.page.evaluate(
      (wanted) =>
        new Promise<unknown>((resolve, reject) => {
          const opening = indexedDB.open('nbpulse');
          opening.onerror = () => reject(new Error('the browser keeps nothing of nbpulse'));
          opening.onsuccess = () => {
            const reading = opening.result.transaction('identities').objectStore('identities').getAll();
            reading.onsuccess = () => resolve(reading.result.find((one: { lab: string }) => one.lab === wanted));
          };
        }),
      lab,
    );
    return z.object({ token: z.string() }).parse(found).token;
  }

  /** Clicks the panel's tab, unless it is open already. */
  async showPanel(): Promise<void> {
    if (!(await this.panel.isVisible())) await this.page.locator('.jp-SideBar [data-id="nbpulse-panel"]').click();
    await expect(this.panel).toBeVisible();
  }

  cell(index: number): Locator {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell').nth(index);
  }

  /** What stands beside a cell about its records. */
  cellMark(index: number): Locator {
    return this.cell(index).locator(':scope > .nbp-CellMark');
  }

  /** Clicks into a cell and presses Shift+Enter. */
  async run(index: number): Promise<void> {
    const cell = this.cell(index);
    // A key pressed before the session is connected is lost, though the kernel shows as idle: a person presses again.
    // Lab may draw the cell anew while it comes into view.
    await expect(async () => {
      await cell.scrollIntoViewIfNeeded({ timeout: 4_000 });
      await cell.locator('.jp-InputArea-editor .cm-content').click({ timeout: 4_000 });
      await this.page.keyboard.press('Shift+Enter');
      await expect(cell.locator('.jp-InputPrompt')).not.toHaveText(/^\[ \]:/, { timeout: 4_000 });
    }).toPass({ timeout: 40_000 });
  }

  /** Replaces a cell's source, as by typing. */
  async replace(index: number, source: string): Promise<void> {
    const editor = this.cell(index).locator('.jp-InputArea-editor .cm-content');
    await editor.click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(source);
    await this.page.keyboard.press('Escape');
  }

  /** Run → Run All Cells, and waits until the last has run. */
  async runAll(): Promise<void> {
    const prompts = this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt');
    // As with `run`: before the session is connected it does nothing.
    await expect(async () => {
      await this.page.getByRole('menuitem', { name: 'Run', exact: true }).click();
      await this.page.getByRole('menuitem', { name: 'Run All Cells', exact: true }).click();
      await expect(prompts.first()).not.toHaveText(/^\[ \]:/, { timeout: 4_000 });
    }).toPass({ timeout: 40_000 });
    // Cells out of sight are not in the page; the last one is in sight once all before it have been handed to the kernel.
    await expect(prompts.last()).toHaveText(/^\[\d+\]:/, { timeout: 90_000 });
    await this.idle();
  }

  /** Runs a command by its palette entry. */
  async command(label: string): Promise<void> {
    const search = this.page.locator('.lm-CommandPalette-input');
    // A page that is still putting itself together has no shortcuts yet, or gives the focus to the notebook, which closes the palette.
    await expect(async () => {
      if (!(await search.isVisible())) await this.page.keyboard.press('ControlOrMeta+Shift+C');
      await search.fill(label, { timeout: 2_000 });
      const item = this.page.locator('.lm-CommandPalette-item', { hasText: label }).first();
      await item.click({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
  }
}
