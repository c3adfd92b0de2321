import { describeRoutes } from '../../../routes/routes';
import type { FailedRow, Survey } from '../../../routes/read';
import { discards, stops } from '../../../routes/failure';
import type { Check } from '../check';
import { good, type Said } from '../finding';

/** The five endpoints that take route calls: any one of them is enough to move traffic. */
export const endpoints: Check = {
  name: 'endpoints',
  about: 'the five control endpoints and whether they agree',
  async run(facts) {
    const survey = await facts.survey();
    const lame = survey.failed.filter((row) => !discards(row.failure.kind) && !stops(row.failure.kind));
    const all = lame.length === survey.rows.length;
    return [...(all && lame.length > 0 ? [noneAnswers(survey)] : lame.map(oneFails)), ...disagreement(survey), ...wellBeing(survey)];
  },
};

function noneAnswers(survey: Survey): Said {
  return {
    severity: 'fails',
    code: 'no-endpoint-answers',
    sentence: 'no control endpoint answers, so nobody can move traffic from here',
    evidence: survey.sentence,
    fix: 'look at the network of this machine first: five Regions rarely fail at once',
    commands: ['curl -sS -o /dev/null -w "%{http_code}\\n" https://s3.us-west-2.amazonaws.com', 's3-failover card'],
  };
}

function oneFails({ endpoint, failure }: FailedRow): Said {
  return {
    severity: 'warns',
    code: 'endpoint-fails',
    where: endpoint,
    sentence: `the control endpoint in ${endpoint} gives no routes; the others are enough to move traffic`,
    evidence: `${failure.kind} (${failure.detail})`,
  };
}

function disagreement({ views }: Survey): Said[] {
  if (views.length < 2) return [];
  return [
    {
      severity: 'warns',
      code: 'endpoints-disagree',
      sentence: 'the control endpoints disagree about the routes: somebody moved traffic a moment ago, or an endpoint tells the past',
      evidence: views.map(({ endpoints: who, routes }) => `${who.join(', ')}: ${describeRoutes(routes)}`).join('; '),
      fix: 'look again in two minutes',
      commands: ['s3-failover doctor'],
    },
  ];
}

function wellBeing({ rows, good: answered, views }: Survey): Said[] {
  if (answered.length === 0 || views.length > 1) return [];
  const [fastest, slowest] = [answered[0], answered.at(-1)!].map(({ latencyMs }) => Math.round(latencyMs));
  const all = answered.length === rows.length ? `all ${rows.length} answer and agree` : `${answered.length} of ${rows.length} answer, and these agree`;
  return [good(`control endpoints: ${all}`, { evidence: `in ${fastest} to ${slowest} ms: ${describeRoutes(views[0].routes)}` })];
}
