import type { ActDecision, ActReport } from '../../../../../runtime/core/controller/act';
import { policyOf } from '../../../../../runtime/core/controller/policy';
import { sentenceOf } from '../../../../../runtime/core/controller/reasons';
import type { ActKind } from '../../../../../runtime/core/controller/register-state';
import type { View } from '../../../../../runtime/core/controller/view';
import { A, B, settings } from '../estate';
import { viewOf, type Scene } from '../views';

export const PLACE = { name: 'acme-media', accessPointArn: 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap' };
export const POLICY = policyOf(settings());

export function viewAt(scene: Scene = {}): View {
  return viewOf(scene, POLICY);
}

const DECISIONS: { readonly [action in ActDecision['action']]: ActDecision } = {
  'fail over': { action: 'fail over', from: [A], to: B, reason: 'down for long enough', sentence: sentenceOf('down for long enough', A, 3, 60_000, B) },
  'fail back': { action: 'fail back', from: [A], to: B, reason: 'drained', sentence: sentenceOf('drained', B, 60_000) },
  adopt: { action: 'adopt', active: [B], reason: 'moved by a person', sentence: sentenceOf('moved by a person', [B], [A]) },
  repair: { action: 'repair', active: [A], landed: [B], reason: 'late landing', sentence: sentenceOf('late landing', [B], [A]) },
  finish: { action: 'finish', active: [B], reason: 'left unfinished', sentence: sentenceOf('left unfinished', 'failover', 'voter us-east-1', [B]) },
  'call off': { action: 'call off', active: [A], reason: 'called off', sentence: sentenceOf('called off', 'failover', 'voter us-east-1', [A]) },
};

const KINDS: { readonly [action in ActDecision['action']]: ActKind } = { 'fail over': 'failover', 'fail back': 'failback', adopt: 'adopted', repair: 'repair', finish: 'failover', 'call off': 'called off' };

export function actOf(action: ActDecision['action'], changed: Partial<ActReport> = {}): ActReport {
  return { id: 'x-1', kind: KINDS[action], by: 'voter us-east-2', epoch: 12, decision: DECISIONS[action], state: 'done', sentence: 'us-west-2 is active', ...changed };
}
