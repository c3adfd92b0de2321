import type { Log, LogFields } from '../../../runtime/core/ports';

/** Keeps its lines for a test to read. */
export class MemoryLog implements Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  debug = this.level('debug');
  info = this.level('info');
  warn = this.level('warn');
  error = this.level('error');

  private level(level: string) {
    return (message: string, fields: LogFields = {}): void => void this.lines.push({ level, message, fields });
  }
}
