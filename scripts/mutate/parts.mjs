import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../setup.mjs';

const CORE = 'runtime/core';
/** Rooms with rooms of their own: each of those is a part. */
const HALLS = ['operate'];

/** runtime/core in parts, each short enough to be run again by itself: its name, and its files. */
export function parts() {
  const found = new Map();
  for (const file of readdirSync(join(ROOT, CORE), { recursive: true }).map((path) => path.replaceAll('\\', '/')).filter((path) => path.endsWith('.ts')).sort()) {
    const name = partOf(file);
    found.set(name, [...(found.get(name) ?? []), `${CORE}/${file}`]);
  }
  return found;
}

function partOf(file) {
  const [room, inner] = dirname(file).split('/');
  if (room === '.') return 'ports';
  return HALLS.includes(room) && inner ? `${room}-${inner}` : room;
}
