import { z } from 'zod';
import type { AccessLog } from './access-log';
import type { AccessPoints } from './access-points';
import type { ControlApi } from './control-api';
import type { GatewayExtension } from './extension';
import { ControlFault, Fault } from './fault';
import type { Faults } from './faults';
import { KNOWN_REGIONS } from './geography';
import { HoldFilter, Release, type Holds } from './holds';

const Region = z.string().refine((region) => KNOWN_REGIONS.includes(region), { error: (issue) => `'${String(issue.input)}' is not a Region` });
const Nothing = z.strictObject({});
const id = z.number().int();
/** A call to the control API may not hang for longer. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** What the gateway itself lets others set and see. */
export function addControlRoutes(control: ControlApi, parts: {
  faults: Faults;
  holds: Holds;
  accessPoints: AccessPoints;
  accessLog: AccessLog;
  extensions: readonly GatewayExtension[];
}): void {
  const { faults, holds, accessPoints, accessLog } = parts;
  control.add('setRegion', z.strictObject({ region: Region, fault: Fault }), ({ region, fault }) => faults.setRegion(region, fault));
  control.add('setBucket', z.strictObject({ bucket: z.string().min(3), fault: Fault }), ({ bucket, fault }) => faults.setBucket(bucket, fault));
  control.add('setControlEndpoint', z.strictObject({ region: Region, fault: ControlFault }), ({ region, fault }) => faults.setControlEndpoint(region, fault));
  control.add('setPath', z.strictObject({ from: Region, to: Region, fault: Fault }), ({ from, to, fault }) => faults.setPath(from, to, fault));
  control.add('heal', Nothing, () => {
    faults.heal();
    holds.releaseAll({ kind: 'continue' });
  });
  control.add('hold', HoldFilter, (filter) => ({ id: holds.add(filter) }));
  control.add('held', z.strictObject({ id, timeoutMs: z.number().int().min(0).max(LONGEST_WAIT_MS).default(10_000) }), (input) => holds.held(input.id, input.timeoutMs));
  control.add('release', z.strictObject({ id, release: Release }), (input) => ({ held: holds.release(input.id, input.release) }));
  control.add('setPropagation', z.strictObject({ ms: z.number().min(0).max(600_000) }), ({ ms }) => { accessPoints.propagationMs = ms; });
  control.add('setClientLocation', z.strictObject({ region: Region }), ({ region }) => { accessPoints.clientLocation = region; });
  control.add('accessLog', z.strictObject({ since: z.number().default(0) }), ({ since }) => accessLog.since(since));
  control.add('state', Nothing, async () => ({
    faults: faults.state(),
    holds: holds.state(),
    propagationMs: accessPoints.propagationMs,
    clientLocation: accessPoints.clientLocation,
    accessPoints: await accessPoints.state(),
    extensions: Object.fromEntries(parts.extensions.flatMap((extension) => (extension.state ? [[extension.name, extension.state()]] : []))),
  }));
}
