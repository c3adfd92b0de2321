import { act, type ActDecision, type ActReport } from '../../../../runtime/core/controller/act';
import { decide } from '../../../../runtime/core/controller/decide';
import { TableRegister } from '../../../../runtime/core/controller/register';
import { formatRegister, REGISTER } from '../../../../runtime/core/controller/register-state';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { A, B, C, ORDER, SmallEstate } from './estate';
import { all, dead, ok, stateOf, viewOf, WALL, type Said } from './views';

const signal = new AbortController().signal;

/** A failover of the first voter from C, over a register that says that A was active before; `meanwhile` is what the voters say after the claim. */
async function failOver({ live = [C], meanwhile = all(dead(60)), slow = false }: { live?: string[]; meanwhile?: Said; slow?: boolean } = {}): Promise<{ estate: SmallEstate; report: ActReport }> {
  const estate = new SmallEstate();
  estate.plane.move(routesWith(live, ORDER));
  const state = stateOf({ intent: [C], quarantined: [A], act: { ...stateOf().act, from: [A] } });
  estate.table.write(REGISTER, formatRegister(state));
  const world = estate.world({ role: 'voter', region: A });
  const register = new TableRegister(world, 600_000);
  const { revision } = (await estate.clock.run(() => register.look(signal)))!;
  const view = viewOf({ says: { [C]: all(dead(60)), [A]: all(ok) }, register: { kind: 'read', state, revision, coolDownLeftMs: 0, actAgeMs: 0, seenForMs: 0 } }, estate.policy);
  const decision = decide(view, estate.policy, WALL);
  expect(decision).toMatchObject({ action: 'fail over', to: B });
  const reread = async () => {
    if (slow) estate.table.fault = (call) => (call === 'get' ? 'dead' : undefined);
    return viewOf({ says: { [C]: meanwhile } }, estate.policy).reports;
  };
  const report = await estate.clock.run(() => act(world, { register, policy: estate.policy, reread }, view, decision as ActDecision));
  return { estate, report };
}

test('goes from the claim to a proof, and says so in the register', async () => {
  const { estate, report } = await failOver();
  expect(report).toMatchObject({ kind: 'failover', epoch: 8, state: 'done' });
  expect(estate.plane.active).toEqual([B]);
  expect(estate.register).toMatchObject({ epoch: 8, act: { state: 'done' }, quarantined: [A, C] });
});

test('fails when a person moved traffic meanwhile, be it to where it was before', async () => {
  const { estate, report } = await failOver({ live: [A] });
  expect(report).toMatchObject({ state: 'not begun' });
  expect(estate.plane.submits).toEqual([]);
  expect(estate.register.epoch).toBe(7);
});

test('fails when the Region is well again once the epoch is had: nothing is sent, and nothing stays quarantined', async () => {
  const { estate, report } = await failOver({ meanwhile: all(ok) });
  expect(report).toMatchObject({ epoch: 8, state: 'failed', sentence: expect.stringMatching(/^not any more: /) });
  expect(estate.plane.submits).toEqual([]);
  expect(estate.register).toMatchObject({ intent: [C], quarantined: [A], act: { state: 'failed' } });
});

test('fails when the register cannot be asked again right before the send', async () => {
  const { estate, report } = await failOver({ slow: true });
  expect(report).toMatchObject({ epoch: 8, state: 'failed' });
  expect(estate.plane.submits).toEqual([]);
});

// An act that the register does not call over is finished by a neighbour; of one that it does nobody else would tell what it was.
test('is kept for people before the register says that it is over, and once', async () => {
  const { estate } = await failOver();
  expect(estate.table.puts.map(({ key, answer }) => `${key} ${answer}`)).toEqual([`${REGISTER} written`, 'history/08 written', `${REGISTER} written`]);
});
