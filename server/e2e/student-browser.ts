/** A student's own browser: a profile on disk that outlives it, so that it can be killed and started again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type BrowserContext } from '@playwright/test';
import config from './playwright.config.js';
import { descendants } from './processes.js';
import type { Started } from './started.js';
import { StudentPage } from './student-page.js';

export class StudentBrowser {
  private readonly profile = mkdtempSync(join(tmpdir(), 'nbpulse-profile-'));
  private current: BrowserContext | null = null;

  constructor(private readonly started: Started) {}

  /** A new tab; starts the browser when it is not there. */
  async tab(): Promise<StudentPage> {
    const { launchOptions, viewport } = config.use ?? {};
    this.current ??= await chromium.launchPersistentContext(this.profile, {
      ...launchOptions,
      viewport: viewport ?? null,
    });
    return new StudentPage(await this.current.newPage(), this.started);
  }

  /** SIGKILL: nothing has a last word. */
  async kill(): Promise<void> {
    const main = new RegExp(`^(?!.*--type=).*--user-data-dir=${this.profile}( |$)`);
    const [pid] = descendants(process.pid, main);
    if (pid === undefined) throw new Error('the browser is not there');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => descendants(process.pid, main).length).toBe(0);
    await this.current?.close().catch(() => undefined);
    this.current = null;
  }

  async end(): Promise<void> {
    await this.current?.close();
    this.current = null;
    rmSync(this.profile, { recursive: true, force: true });
  }
}
