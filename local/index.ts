export type { CdkOptions, CdkResult } from './cdk';
export type { ClientOptions, Credentials } from './clients';
export type { GatewayState, Hold, ReplicationDirection } from './control-client';
export type { AccessLogEntry, Outcome } from './gateway/access-log';
export type { ControlFaultInput, FaultInput } from './gateway/fault';
export type { HeldRequest, HoldFilter, Release } from './gateway/holds';
export type { MetricSettings, QueueReport, SettingsChange } from './gateway/replication';
export type { ShellOptions, ShellResult } from './shell';
export { startLocalAws, type LocalAws, type LocalAwsOptions } from './local-aws';
