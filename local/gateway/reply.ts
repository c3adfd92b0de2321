import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from './exchange';

/** Header by which the launcher tells who the caller was. */
export const PRINCIPAL_HEADER = 'x-local-aws-principal';
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', PRINCIPAL_HEADER];

/** Sends an answer that is all there. */
export function send(response: ServerResponse, method: string, answer: Answer): void {
  const body = Buffer.from(answer.body ?? '');
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  const bodiless = method === 'HEAD' || answer.status === 204 || answer.status === 304;
  if (!bodiless) headers['content-length'] = body.length;
  response.writeHead(answer.status, headers).end(bodiless ? undefined : body);
}

/** The emulator's headers that are meant for the client. */
export function endToEnd(upstream: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...upstream.headers };
  for (const name of HOP_BY_HOP) delete headers[name];
  return headers;
}
