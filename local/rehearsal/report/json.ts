import { reportSchema, type Report } from './schema';

/** Parsed on the way out, so that what is printed always fits the schema that it names. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report))}\n`;
}
