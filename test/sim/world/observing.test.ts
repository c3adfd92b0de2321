import type { ProbeResult } from '../../../runtime/core/controller/ports';
import type { Episode } from '../faults/episode';
import { plan, runWorld, scripted } from '../support/in-world';
import type { Lie } from './prober';
import type { Storage } from './regions';

/** What the voter in us-east-1 sees of eu-west-1, giving up after four seconds. */
async function seen(episodes: Episode[]): Promise<ProbeResult> {
  let result: ProbeResult | undefined;
  const core = scripted(async ({ prober, clock }) => {
    const giveUp = new AbortController();
    void clock.sleep(4_000).then(() => giveUp.abort());
    result = await prober.probe('eu-west-1', giveUp.signal);
  });
  await runWorld(plan({ episodes }), core, undefined, []);
  return result!;
}

const always = { at: 0, forMs: 1e9 };

describe('an observer', () => {
  test.each<[Storage, ProbeResult['kind']]>([
    ['well', 'ok'],
    ['failing', 'down'],
    ['refusing', 'down'],
    ['silent', 'down'],
    ['throttling', 'throttled'],
    ['forbidden', 'misconfigured'],
    ['keyless', 'misconfigured'],
  ])('sees storage that is %s as %s', async (state, kind) => {
    expect((await seen([{ ...always, kind: 'storage', region: 'eu-west-1', state }])).kind).toBe(kind);
  });

  test('sees slow storage as slow, or as down where it gives up first', async () => {
    const { kind } = await seen([{ ...always, kind: 'storage', region: 'eu-west-1', state: 'slow' }]);
    expect(['slow', 'down']).toContain(kind);
  });

  test.each<[string, Episode, ProbeResult['kind']]>([
    ['a dead Region', { ...always, kind: 'region dead', region: 'eu-west-1' }, 'down'],
    ['a Region whose answers are lost', { ...always, kind: 'cut', from: 'eu-west-1', to: 'us-east-1', bothWays: false }, 'down'],
    ['a Region it cannot reach', { ...always, kind: 'partition', side: ['eu-west-1'] }, 'down'],
    ['nothing, with credentials that expired', { ...always, kind: 'blind', observer: 'voter:us-east-1', reason: 'expired' }, 'blind'],
    ['noise', { ...always, kind: 'noise', of: 'eu-west-1', probability: 1 }, 'down'],
    ['a sound Region beside a cut that is none of its own', { ...always, kind: 'cut', from: 'eu-west-1', to: 'us-east-2', bothWays: true }, 'ok'],
  ])('sees %s', async (_, episode, kind) => {
    expect((await seen([episode])).kind).toBe(kind);
  });

  test.each<[Lie, ProbeResult['kind']]>([
    ['all down', 'down'],
    ['all well', 'ok'],
    ['the opposite', 'down'],
    ['active down', 'ok'],
  ])('that lies (%s) says %s of a sound Region', async (lie, kind) => {
    expect((await seen([{ ...always, kind: 'lie', observer: 'voter:us-east-1', lie }])).kind).toBe(kind);
    expect((await seen([{ ...always, kind: 'lie', observer: 'voter:us-east-2', lie }])).kind).toBe('ok');
  });
});
