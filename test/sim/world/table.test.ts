import { CallError } from '../../../runtime/core/calls/call-error';
import { NO_RATES } from '../faults/rates';
import { NEVER, plan, runWorld, scripted } from '../support/in-world';
import type { Env } from './core';

/** Runs a script in us-east-1 and hands back what it said. */
async function said(script: (env: Env, say: (text: string) => void) => Promise<void>, changes: Parameters<typeof plan>[0] = {}): Promise<string[]> {
  const seen: string[] = [];
  await runWorld(plan(changes), scripted((env) => script(env, (text) => seen.push(text))));
  return seen;
}

const codeOf = (error: unknown) => (error instanceof CallError ? error.code : String(error));

describe('the strongly consistent table', () => {
  test('writes on condition of the revision', async () => {
    const seen = await said(async ({ table }, say) => {
      say(await table.put('x', { n: 1 }, undefined, NEVER()));
      say(await table.put('x', { n: 2 }, undefined, NEVER()));
      const stored = await table.get('x', NEVER());
      say(await table.put('x', { n: 3 }, stored!.revision, NEVER()));
      say(await table.put('x', { n: 4 }, stored!.revision, NEVER()));
      say(JSON.stringify(await table.get('x', NEVER())));
      say([...(await table.list('x', NEVER())).keys()].join());
    });
    expect(seen).toEqual(['written', 'refused', 'written', 'refused', '{"item":{"n":3},"revision":2}', 'x']);
  });

  test('refuses on the side of a minority, and serves the others', async () => {
    const minority = { at: 0, forMs: 1e9, kind: 'partition', side: ['us-east-1'] } as const;
    const one = async ({ table }: Env, say: (text: string) => void) => say(await table.put('x', {}, undefined, NEVER()).catch(codeOf));
    expect(await said(one, { episodes: [minority] })).toEqual(['ServiceUnavailable']);
    const elsewhere = (['us-east-2', 'us-west-2'] as const).map((region) => ({ at: 0, forMs: 1e9, kind: 'table replica lost', region }) as const);
    expect(await said(one, { episodes: [...elsewhere] })).toEqual(['ServiceUnavailable']);
    expect(await said(one, { episodes: [elsewhere[0]] })).toEqual(['written']);
  });

  test('may have made a write whose answer is lost', async () => {
    const rates = { ...NO_RATES, 'table write made, answer lost': 1 };
    const seen = await said(
      async ({ table }, say) => {
        say(await table.put('x', { n: 1 }, undefined, NEVER()).catch(codeOf));
        say(JSON.stringify(await table.get('x', NEVER())));
      },
      { rates },
    );
    expect(seen).toEqual(['TimeoutError', '{"item":{"n":1},"revision":1}']);
  });

  test.each(['table throttles', 'table replicas conflict'] as const)('makes no write when %s', async (rate) => {
    const seen = await said(
      async ({ table }, say) => {
        say(await table.put('x', { n: 1 }, undefined, NEVER()).catch(codeOf));
        if (rate === 'table replicas conflict') say(JSON.stringify(await table.get('x', NEVER())) ?? 'nothing');
      },
      { rates: { ...NO_RATES, [rate]: 1 } },
    );
    expect(seen).toEqual(rate === 'table throttles' ? ['ThrottlingException'] : ['ReplicatedWriteConflictException', 'nothing']);
  });

  test('ends a call that is given up', async () => {
    const lost = { at: 0, forMs: 1e9, kind: 'table replica lost', region: 'us-east-1' } as const;
    const seen = await said(
      async ({ table, clock }, say) => {
        const giveUp = new AbortController();
        void clock.sleep(700).then(() => giveUp.abort());
        const began = clock.now();
        say(await table.get('x', giveUp.signal).then(String, codeOf));
        say(`${Math.round((clock.now() - began) / 100)}`);
      },
      { episodes: [lost] },
    );
    expect(seen).toEqual(['AbortError', '7']);
  });

  test('takes nonsense from an observer that has lost its mind, under its own key only', async () => {
    const mad = { at: 0, forMs: 1e9, kind: 'lie', observer: 'voter:us-east-1', lie: 'nonsense' } as const;
    const sane = { version: 1, sequence: 4, regions: { 'us-east-1': { result: 'ok' } } };
    const seen = await said(
      async ({ table, clock }, say) => {
        await clock.sleep(1_000);
        for (const key of ['report/us-east-1', 'register-of-others']) {
          for (let i = 0; i < 20; i++) await table.put(key, sane, (await table.get(key, NEVER()))?.revision, NEVER());
          say(JSON.stringify((await table.get(key, NEVER()))!.item));
        }
      },
      { episodes: [mad] },
    );
    expect(seen[0]).not.toBe(JSON.stringify(sane));
    expect(seen[1]).toBe(JSON.stringify(sane));
  });
});
