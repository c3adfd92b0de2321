import { misuse } from '../problem';

export interface NumberRule {
  readonly unit: string;
  readonly least: number;
  readonly most: number;
}

/** The number after an option, or nothing where there is no text. Throws in our words. */
export function numberFrom(text: string | undefined, flag: string, { unit, least, most }: NumberRule): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
    throw misuse(`'${flag}' must be ${least} to ${most} ${unit}, got '${text}'`);
  }
  return value;
}

const UNITS: { readonly [unit: string]: number } = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,6})(s|min|m|h|d)$/;
/** A brake that nobody remembers is worse than none. */
const LONGEST_DAYS = 30;

/** `30min`, `2h`, `1d` in milliseconds. */
export function durationFrom(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const match = DURATION.exec(text.trim());
  const milliseconds = match ? Number(match[1]) * UNITS[match[2]] : 0;
  if (milliseconds <= 0 || milliseconds > LONGEST_DAYS * UNITS.d) {
    throw misuse(`'${flag}' must be a duration such as 30min, 2h or 1d, of at most ${LONGEST_DAYS} days, got '${text}'`);
  }
  return milliseconds;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

/** A Region by the form of its name; whether it exists only AWS knows. */
export function regionFrom(text: string | undefined, what: string): string | undefined {
  if (text === undefined || REGION.test(text)) return text;
  throw misuse(`'${what}' must be the name of a Region, such as 'eu-west-1', got '${text}'`);
}

/** `a,b c` as a list without doubles. */
export function regionListFrom(text: string | undefined, what: string): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const regions = [...new Set(text.split(/[\s,]+/).filter((part) => part !== ''))];
  if (regions.length === 0) throw misuse(`'${what}' must name at least one Region, got '${text}'`);
  return regions.map((region) => regionFrom(region, what)!);
}
