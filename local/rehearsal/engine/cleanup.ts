import { within } from './wait';

/** No clean-up may hold the end of the run for longer: the emulator's own stop takes a few seconds at worst. */
const LIMIT_MS = 20_000;

/** What has to be undone, last thing first, whatever happens. */
export class Cleanup {
  private readonly tasks: { readonly name: string; readonly run: () => Promise<void> }[] = [];

  public add(name: string, run: () => Promise<void>): void {
    this.tasks.push({ name, run });
  }

  /** Runs every task, also after one failed; answers with what could not be undone. */
  public async run(): Promise<string[]> {
    const problems: string[] = [];
    for (let task = this.tasks.pop(); task !== undefined; task = this.tasks.pop()) {
      try {
        await within(LIMIT_MS, task.name, task.run());
      } catch (error) {
        problems.push(`${task.name}: ${(error as Error).message}`);
      }
    }
    return problems;
  }
}
