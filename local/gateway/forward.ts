import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Body } from './body';

/** Headers between two neighbours, and our own, which a client may not set. */
const DROPPED = /^(connection|keep-alive|proxy-connection|expect|upgrade|x-forwarded-proto|x-local-aws-.*)$/i;

/** Sends requests on to the emulator as they came: same host, path and header lines, or their signatures would break. */
export class Forwarder {
  private readonly agent = new Agent({ keepAlive: true });

  public constructor(private readonly port: number) {}

  public send(request: IncomingMessage, body: Body, added: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const headers = kept(request.rawHeaders);
    // The emulator speaks http behind us; callers behave as if we were AWS, so aws:SecureTransport holds.
    for (const [name, value] of Object.entries({ 'X-Forwarded-Proto': 'https', ...added })) headers.push(name, value);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ host: '127.0.0.1', port: this.port, agent: this.agent, method: request.method, path: request.url, headers: headers as never }, resolve);
      outgoing.on('error', reject);
      if ('whole' in body) outgoing.end(body.whole);
      else body.stream.on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
    });
  }

  public close(): void {
    this.agent.destroy();
  }
}

function kept(raw: readonly string[]): string[] {
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) if (!DROPPED.test(raw[index])) headers.push(raw[index], raw[index + 1]);
  return headers;
}
