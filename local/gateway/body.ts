import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { BUFFERED_BODY_BYTES } from './exchange';

/** A request body: all of it in memory, or a stream whose beginning was already read. */
export type Body = { readonly whole: Buffer } | { readonly stream: Readable };

/** Reads up to the limit; rejects when the client leaves before it has sent that much. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) return void reject(new Error('client left'));
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= BUFFERED_BODY_BYTES) return;
      settle();
      request.pause();
      const stream = new PassThrough();
      for (const read of chunks) stream.write(read);
      request.on('error', (error) => stream.destroy(error));
      request.on('close', () => request.complete || stream.destroy(new Error('client left')));
      request.pipe(stream);
      resolve({ stream });
    };
    const onEnd = () => {
      settle();
      resolve({ whole: Buffer.concat(chunks) });
    };
    const onClose = () => {
      settle();
      reject(new Error('client left'));
    };
    const settle = () => request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** The whole of an answer. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
