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
