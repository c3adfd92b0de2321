import type { IncomingMessage, ServerResponse } from 'node:http';
import { z, type ZodType } from 'zod';

/** Reserved path of the gateway's origin; no bucket's name can begin with an underscore. */
export const CONTROL_PREFIX = '/_local/';

const MAX_INPUT_BYTES = 1024 * 1024;

interface Route {
  readonly schema: ZodType<unknown>;
  readonly handle: (input: unknown) => unknown;
}

/** JSON over http, `POST /_local/<name>`: how tests and the rehearsal steer the local AWS. No fault touches it. */
export class ControlApi {
  private readonly routes = new Map<string, Route>();

  public add<T>(name: string, schema: ZodType<T>, handle: (input: T) => unknown): void {
    if (this.routes.has(name)) throw new Error(`control route '${name}' exists already`);
    this.routes.set(name, { schema, handle: handle as Route['handle'] });
  }

  public async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.url!.slice(CONTROL_PREFIX.length).replace(/\?.*$/, '');
    const route = this.routes.get(name);
    if (!route) return answer(response, 404, { error: `no control route '${name}', there are ${[...this.routes.keys()].sort().join(', ')}` });
    try {
      const input = route.schema.safeParse(await readJson(request));
      if (!input.success) return answer(response, 400, { error: `'${name}' ${z.prettifyError(input.error).replace(/\s*\n\s*/g, ' ')}` });
      return answer(response, 200, { result: await route.handle(input.data) ?? null });
    } catch (error) {
      return answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_INPUT_BYTES) throw new Error(`control input must not be larger than ${MAX_INPUT_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  return text ? JSON.parse(text) : {};
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}
