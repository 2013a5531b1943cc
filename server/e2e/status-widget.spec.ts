/** `nbpulse.status()` in the browser: JupyterLab and marimo, each a real one of the environment for tests. It follows their theme, not the system’s. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { listen, type Listening } from '../test/listen.js';
import { startJupyter, token } from './matrix/jupyter.js';
import { freePorts, startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

const atHome = fileURLToPath(new URL('../../.nbpulse/setup/python/develop/bin/python', import.meta.url));
const python = process.env['NBPULSE_DEVELOP_PYTHON'] ?? (existsSync(atHome) ? atHome : '');
test.skip(python === '', 'npm test makes the environment with anywidget and marimo');

let started: Started;
/** In front of the server, so that the network can go away and come back. */
let line: Listening;
let lab: { id: string; joinCode: string; name: string };

test.beforeAll(async ({ playwright }) => {
  test.setTimeout(600_000);
  started = await startNbpulse({ args: ['--no-grading'], notebook: false });
  const api = new TeacherApi(await playwright.request.newContext(), started.server);
  await api.signInByLink(started);
  lab = (await api.labs())[0]!;
  line = await listen({
    fetch: async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const body = request.body ? await request.arrayBuffer() : null;
      return fetch(`${started.server}${pathname}${search}`, { method: request.method, headers: request.headers, body });
    },
  });
});
test.afterAll(async () => {
  await line.goAway();
  await started.stop();
});

const connect = (name: string): string => `nbpulse.connect(${JSON.stringify(line.url)}, "${lab.joinCode}", "${name}")`;

/** Says where the records go; goes offline and back by itself. */
async function follows(status: Locator, name: string, send: () => Promise<void>): Promise<void> {
  await expect(status).toHaveAttribute('data-state', 'saved');
  await expect(status).toContainText('Everything is saved');
  await expect(status).toContainText(`${name} · ${lab.name} · ${new URL(line.url).host}`);
  await line.goAway();
  await send();
  await expect(status).toHaveAttribute('data-state', /queued|offline/);
  await expect(status).toContainText('1 answer waits');
  await line.comeBack();
  await expect(status).toHaveAttribute('data-state', 'saved', { timeout: 60_000 });
}

/** Both colours of text against the widget's own paper; 4.5 is what WCAG AA asks of small text. */
async function isReadable(page: Page, name: string): Promise<void> {
  const status = page.locator('.nbpulse-status').first();
  await status.screenshot({ path: test.info().outputPath(`${name}.png`) });
  for (const text of await status.locator('p').all()) {
    const contrast = await text.evaluate((element) => {
      const light = (colour: string): number => {
        const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const paper = element.closest('.nbpulse-status') ?? element;
      const both = [light(getComputedStyle(element).color), light(getComputedStyle(paper).backgroundColor)].sort();
      return ((both[1] ?? 0) + 0.05) / ((both[0] ?? 0) + 0.05);
    });
    expect(contrast, `${name}: ${String(await text.textContent())}`).toBeGreaterThanOrEqual(4.5);
  }
}

test('in JupyterLab it keeps itself up to date, also while a cell runs', async ({ page }) => {
  const jupyter = await startJupyter({ name: 'develop', python, front: 'lab' }, '');
  try {
    const sources = [
      `import nbpulse, time\nfrom nbpulse import send\nnbpulse.leave()\n${connect('Widget')}`,
      'nbpulse.status()',
      'send(1, "widget")\ntime.sleep(8)',
    ];
    const kernelspec = { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' };
    const cells = sources.map((source, index) => ({
      id: `cell-${String(index)}`,
      cell_type: 'code',
      metadata: {},
      outputs: [],
      execution_count: null,
      source,
    }));
    writeFileSync(
      join(jupyter.home(''), 'lab.ipynb'),
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }),
    );
    await page.goto(`${jupyter.url}/lab/tree/lab.ipynb?token=${token}`);
    const student = new StudentPage(page, { ...started, notebookLink: jupyter.url });
    await student.idle();
    await student.run(0);
    await student.run(1);
    const status = page.locator('.nbpulse-status');
    await follows(status, 'Widget', async () => {
      await student.cell(2).locator('.jp-InputArea-editor .cm-content').click();
      await page.keyboard.press('Shift+Enter');
    });
    await expect(status).not.toHaveClass(/is-dark/);
    await isReadable(page, 'lab-light');
  } finally {
    await jupyter.stop();
  }
});

test('in marimo', async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), 'nbpulse-marimo-'));
  const [port] = await freePorts(1);
  const app = [
    'import marimo\napp = marimo.App()\n',
    `@app.cell\ndef _():\n    import nbpulse\n    import marimo as mo\n    from nbpulse import send\n    ${connect('Marimo')}\n    return mo, nbpulse, send\n`,
    '@app.cell\ndef _(mo):\n    button = mo.ui.run_button(label="Send it")\n    button\n    return (button,)\n',
    '@app.cell\ndef _(button, mo, send):\n    mo.stop(not button.value)\n    send(1, "marimo")\n    return\n',
    '@app.cell\ndef _(nbpulse):\n    nbpulse.status()\n    return\n',
    'if __name__ == "__main__":\n    app.run()\n',
  ];
  writeFileSync(join(folder, 'lab.py'), app.join('\n'));
  const child = spawn(
    python,
    ['-m', 'marimo', 'run', 'lab.py', '--headless', '--no-token', '--host', '127.0.0.1', '--port', String(port)],
    { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: folder, LANG: 'C.UTF-8' } },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const url = `http://127.0.0.1:${String(port)}`;
    await expect
      .poll(async () => (await fetch(`${url}/health`).catch(() => null))?.status, { timeout: 60_000 })
      .toBe(200);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 700 } });
      await page.goto(url);
      const status = page.locator('.nbpulse-status');
      await expect(page.getByText('Connected as Marimo to')).toBeVisible();
      if (colorScheme === 'light') {
        await follows(status, 'Marimo', () => page.getByRole('button', { name: 'Send it' }).click());
      }
      await expect(status).toContainText('Everything is saved');
      await isReadable(page, `marimo-${colorScheme}`);
      await page.close();
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
});
