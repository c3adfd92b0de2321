import { list } from '../../../routes/routes';
import { majorityOf, freshForMs, type Policy } from '../../../controller/policy';
import { REGISTER } from '../../../controller/register-state';
import { ControllerWatch, type ControllerSight } from '../../status/controller';
import type { ControllerPort } from '../../controller';
import type { Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';

/** A key that nobody ever writes: a write on condition of a revision of it is refused, by whoever may write. */
const NEVER = 'doctor/never-stored';
/** Kept of the whole look, for what is said after it. */
const REST_MS = 4_000;

/** Whether the controller would act if it had to: its table in each control Region, its voters, their policy and code. */
export const controller: Check = {
  name: 'controller',
  about: 'the controller: its table in each control Region, its voters, their policy and code',
  well: 'the table answers in each control Region, and every voter reports, by the policy of the manifest',
  async run(facts) {
    const { controller: port } = facts.world;
    if (!port) return [good('there is no controller: nothing moves traffic by itself')];
    const [replicas, watched] = await Promise.all([ofReplicas(facts, port), ofVoters(facts, port)]);
    return [...replicas, ...watched];
  },
};

/** Each replica by itself: two must live for the register to be claimed. */
async function ofReplicas(facts: Facts, { replica, policy }: ControllerPort): Promise<Said[]> {
  const { voters } = policy;
  const reads = await Promise.all(voters.map((region) => facts.ask('the register', region, (signal) => replica(region).get(REGISTER, signal))));
  const dead = voters.filter((_, index) => reads[index].kind !== 'seen');
  const found: Said[] = [];
  for (const [index, region] of voters.entries()) {
    const read = reads[index];
    if (read.kind === 'seen') found.push(...(await ofWriting(facts, replica(region), region)));
    else if (read.kind === 'denied') found.push({ ...notChecked(`the controller's table in ${region}`, region, read), severity: 'fails', code: 'not-allowed', sentence: `the controller's register may not be read in ${region}: an act that must claim it there is refused`, commands: ['s3-failover policy failover'] });
    else {
      const evidence = read.kind === 'silent' ? read.reason : String(read.error);
      const only = dead.length >= majorityOf(policy) ? ': with most of them gone nobody can claim an act' : '';
      found.push({ severity: only ? 'fails' : 'warns', code: 'table-unreachable', where: region, sentence: `the controller's table does not answer in ${region}${only}`, evidence, fix: "while none of them answers, '--without-register' goes on without it" });
    }
  }
  return found;
}

/** Tried with a write that its condition refuses. */
async function ofWriting(facts: Facts, table: ControllerPort['table'], region: string): Promise<Said[]> {
  const tried = await facts.ask('a write to the register', region, (signal) => table.put(NEVER, {}, 1, signal));
  if (tried.kind === 'seen') return [good(`the controller's table answers in ${region}, and may be written`, { where: region })];
  if (tried.kind === 'denied') {
    return [{ severity: 'warns', code: 'not-allowed', where: region, sentence: `the caller may not write the controller's register in ${region}: acts are refused, and so are pause and exclude`, evidence: tried.error.message, commands: ['s3-failover policy failover'] }];
  }
  return [notChecked(`writing to the controller's table in ${region}`, region, tried)];
}

/** Watched until each has reported, or for as long as a report is fresh. */
async function ofVoters(facts: Facts, port: ControllerPort): Promise<Said[]> {
  const { clock, wall } = facts.world;
  const watch = new ControllerWatch({ clock, wall, controller: port });
  const survey = await facts.survey();
  const patienceMs = Math.max(0, Math.min(freshForMs(port.policy), facts.left() - REST_MS));
  const seen = await facts.watch((signal) => watch.look(survey, patienceMs, signal));
  if (seen.kind !== 'seen') return [notChecked("the controller's voters", 'the table', seen)];
  return sayVoters(seen.value, port.policy);
}

function sayVoters(sight: ControllerSight, policy: Policy): Said[] {
  const voters = sight.observers.filter(({ role }) => role === 'voter');
  const heard = voters.filter(({ reports }) => reports === 'moving');
  const silent = voters.filter(({ reports }) => reports !== 'moving');
  const unsure = sight.lookedMs < freshForMs(policy);
  const found: Said[] = silent.map(({ region, reports }): Said => {
    if (unsure && reports === 'still') return { severity: 'not checked', code: 'not-seen', where: region, sentence: `whether the voter in ${region} reports was not seen: it was watched for ${Math.round(sight.lookedMs / 1_000)} s, and reports each ${policy.intervalMs / 1_000} s` };
    return { severity: heard.length < majorityOf(policy) ? 'fails' : 'warns', code: 'voter-silent', where: region, sentence: `the voter in ${region} ${reports === 'none' ? 'never reported' : 'reports no more'}${heard.length < majorityOf(policy) ? ': too few are left, and nothing automatic moves traffic' : ''}`, fix: "its function's schedule, log and errors in that Region", commands: [`aws logs tail --since 10m --region ${region} <log group of the voter>`] };
  });
  const strange = voters.filter((one) => one.policy === 'another').map(({ region }) => region);
  if (strange.length > 0) found.push({ severity: 'warns', code: 'policy-differs', sentence: `the voter in ${list(strange)} follows another policy than the manifest says${sight.policies.length > 1 ? ', and voters differ: nothing automatic moves traffic' : ''}`, fix: 'deploy every stack of the controller' });
  const versions = [...new Set(voters.flatMap(({ code }) => code ?? []))];
  if (versions.length > 1) found.push({ severity: 'warns', code: 'code-differs', sentence: `voters run different versions of the code: ${list(versions)}`, fix: 'deploy every stack of the controller' });
  if (!sight.register || sight.register.intent.length === 0) found.push({ severity: 'warns', code: 'register-not-written', sentence: 'no voter has looked where traffic is: the register is not written yet' });
  for (const what of sight.malformed) found.push({ severity: 'warns', code: 'report-malformed', sentence: `a report is of another version of this code, and counts for nothing: ${what}` });
  if (heard.length === voters.length) found.push(good('every voter reports', { evidence: list(heard.map(({ region }) => region)) }));
  if (sight.decision.action === 'alarm') found.push({ severity: 'warns', code: 'controller-alarms', sentence: `the controller holds, and alarms: ${sight.decision.sentence}`, commands: ['s3-failover status'] });
  return found;
}
