import { findingsOf } from '../../../../../runtime/core/operate/doctor/check';
import { DEEP_CHECKS } from '../../../../../runtime/core/operate/doctor/checks';
import { Facts } from '../../../../../runtime/core/operate/doctor/facts';
import type { Finding } from '../../../../../runtime/core/operate/doctor/finding';
import type { DoctorWorld } from '../../../../../runtime/core/operate/doctor/ports';
import { FakeDoctor } from '../../../support/fake-doctor';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

export interface Patient {
  readonly world: FakeEstate;
  readonly doctor: FakeDoctor;
}

export interface Illness extends FakeEstateOptions {
  /** What is wrong, on a healthy estate otherwise. */
  readonly wrong?: (patient: Patient) => void;
  readonly changed?: (patient: Patient) => Partial<DoctorWorld>;
}

/** What one check says of an estate on which something is wrong. */
export async function findings(check: string, { wrong = () => undefined, changed = () => ({}), ...options }: Illness = {}): Promise<Finding[]> {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, options);
  const patient = { world, doctor: new FakeDoctor(world) };
  wrong(patient);
  const one = DEEP_CHECKS.find(({ name }) => name === check);
  if (!one) throw new Error(`no check is named '${check}'`);
  return clock.run(() => findingsOf(one, new Facts(patient.doctor.doctorWorld(changed(patient)), new AbortController().signal)));
}

/** What is not good about it: `severity code where`. */
export async function complaints(check: string, illness: Illness = {}): Promise<string[]> {
  return (await findings(check, illness)).filter(({ severity }) => severity !== 'good').map(brief);
}

export function brief({ severity, code, where }: Finding): string {
  return [severity, code, where].filter(Boolean).join(' | ');
}
