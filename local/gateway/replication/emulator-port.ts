import type { EmulatorClient } from '../../emulator/client';
import type { Attempt, Outcome, Task } from './task';

/** No bucket's name can begin with an underscore. */
export const PREFIX = '/_replication/';

/** Entries per call, so that neither side ever holds a whole backlog in one message. */
const JOURNAL_PAGE = 1000;

/** The part of replication that lives inside the emulator (local/emulator/replication_hook.py). */
export class EmulatorPort {
  private confirmed = 0;

  public constructor(private readonly emulator: Pick<EmulatorClient, 'call'>) {}

  /** Takes over what the emulator has noted; it forgets an entry once the next call confirms it. */
  public async takeJournal(take: (task: Task) => void): Promise<void> {
    for (;;) {
      const { entries } = (await this.call('GET', `journal?after=${this.confirmed}&limit=${JOURNAL_PAGE}`)) as { entries: Task[] };
      for (const entry of entries) take(entry);
      this.confirmed = entries.at(-1)?.id ?? this.confirmed;
      if (entries.length < JOURNAL_PAGE) return;
    }
  }

  /** Carries out attempts; one outcome each, in their order. */
  public async copy(tasks: readonly Attempt[]): Promise<Outcome[]> {
    const { results } = (await this.call('POST', 'copy', JSON.stringify({ tasks }))) as { results: Outcome[] };
    return results;
  }

  /** How long what CloudWatch calls a minute lasts, for the metrics of replication. */
  public async setMetricMinute(seconds: number): Promise<void> {
    await this.call('POST', 'metric-minute', JSON.stringify({ seconds }));
  }

  private async call(method: string, path: string, body?: string): Promise<unknown> {
    const answer = await this.emulator.call({ method, path: `${PREFIX}${path}`, region: 'us-east-1', body });
    if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status} to ${method} ${path}`);
    return JSON.parse(answer.body.toString('utf8'));
  }
}
