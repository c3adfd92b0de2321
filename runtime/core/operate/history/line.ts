/** Control characters, and those that turn or break lines: none may reach a terminal from what others wrote. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const LONGEST = 2_000;

/** Text as one line of a record: what a service or a person said may hold line feeds, and be long. */
export function lineOf(text: string): string {
  const plain = text.replace(UNSAFE, ' ');
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST - 3)}...`;
}
