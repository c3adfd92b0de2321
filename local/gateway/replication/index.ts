export { replication } from './extension';
export type { MetricSettings } from './metric-publisher';
export type { Counts, DirectionReport, FailedEntry, QueueEntry, QueueReport } from './report';
export type { SettingsChange } from './settings';
