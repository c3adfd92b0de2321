import { execFileSync } from 'child_process';
import { existsSync, readFileSync, readdirSync } from 'fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process that this one started, and those that they started. */
export function descendants(root: number, table: readonly Process[] = processTable()): Process[] {
  const found: Process[] = [];
  const parents = [root];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const process of table) {
      if (process.parent !== parent) continue;
      found.push(process);
      parents.push(process.pid);
    }
  }
  return found;
}

/** Those of the processes that still run; an id that another program has taken since does not count. */
export function stillRunning(processes: readonly Process[], table: readonly Process[] = processTable()): Process[] {
  return processes.filter((process) => table.some((now) => now.pid === process.pid && now.command === process.command));
}

export function parseProcessTable(output: string): Process[] {
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    // A zombie has ended; it only waits for its parent to notice.
    if (match === null || match[3].startsWith('Z')) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), command: match[4] }];
  });
}

function processTable(): Process[] {
  // A minimal Linux has no ps; macOS has no /proc.
  if (existsSync('/proc/self/stat')) return readProc();
  return parseProcessTable(execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
}

function readProc(): Process[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold spaces and brackets of its own: what follows the last one is regular.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').replace(/\0/g, ' ');
      return [{ pid: Number(pid), parent: Number(parent), command }];
    } catch {
      // It ended between the listing and the reading.
      return [];
    }
  });
}
