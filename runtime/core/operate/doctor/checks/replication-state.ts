import type { LagReport } from '../../../lag/report';
import { duration, operations } from '../../../lag/words';
import { directions, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';
import { rulesTo } from './replication-rules';

/** What AWS promises with time control, and says of most objects without (user guide, "Replicating objects"). */
const LONG_SECONDS = 15 * 60;

/** What is on its way between the Regions, and what will never arrive, as S3 publishes it. */
export const replicationState: Check = {
  name: 'replication-state',
  about: 'objects that failed to replicate, and how far each Region is behind',
  well: 'no object is known to have failed to replicate, and no Region is far behind',
  run: async (facts) => (await Promise.all(directions(facts.regions).map(({ source, destination }) => one(facts, source, destination)))).flat(),
};

async function one(facts: Facts, source: string, destination: string): Promise<Said[]> {
  const [configuration, report] = await Promise.all([facts.replication(source), facts.lag(source, destination)]);
  // Without a rule there is nothing to be behind with, and another check says so.
  if (configuration.kind === 'seen' && rulesTo(configuration.value, facts.bucket(destination)).length === 0) return [];
  const where = `${source} to ${destination}`;
  const { failedOperations } = report;
  const found: Said[] = [];
  if (failedOperations) {
    found.push({
      severity: 'fails',
      code: 'objects-failed',
      where,
      sentence: `${operations(failedOperations)} from ${source} failed to reach ${destination} lately: these objects are missing there, and S3 does not try them again`,
      evidence: report.sentence,
      fix: 'find why they failed, then write them again or copy them by S3 Batch Replication; a switchover that drains is refused until then',
      commands: ['s3-failover doctor --deep'],
    });
  }
  if (failedOperations === undefined) found.push(await untold(facts, 'objects that failed to replicate', source, report));
  return [...found, await behind(facts, report, source, destination)];
}

async function behind(facts: Facts, report: LagReport, source: string, destination: string): Promise<Said> {
  const where = `${source} to ${destination}`;
  if (report.kind === 'unknown') {
    if (report.because === 'no answer') return untold(facts, 'how far it is behind', destination, report);
    return good(`nothing was on its way from ${source} to ${destination} lately, as far as S3 publishes it`, { where, evidence: report.reason });
  }
  const seconds = report.latencySeconds ?? 0;
  if (seconds <= LONG_SECONDS || report.pendingOperations === 0) return good(report.sentence, { where });
  return {
    severity: 'warns',
    code: 'lag-long',
    where,
    sentence: `${destination} is ${duration(seconds * 1_000)} behind ${source}: a failover now would lose that much, and a switchover would wait for it`,
    evidence: report.sentence,
  };
}

/** Why CloudWatch of a Region told nothing. */
async function untold(facts: Facts, what: string, region: string, report: LagReport): Promise<Said> {
  const answer = await facts.metrics(region);
  const reason = report.silent.find((one) => one.region === region)?.reason ?? 'nothing was told';
  return notChecked(what, region, answer.kind === 'seen' ? { kind: 'silent', reason } : answer);
}
