/**
 * What must be taken away again, in the order in which it was made. A step that fails does not keep the others from being
 * done: a container that cannot be removed must not leave its folder behind as well.
 */
export class Clearing {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Last made, first cleared; each step once. @throws the first failure, after all were tried. */
  async clear(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
