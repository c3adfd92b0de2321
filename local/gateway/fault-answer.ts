import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './exchange';

const CODES: Readonly<Record<number, string>> = { 500: 'InternalError', 501: 'NotImplemented', 503: 'ServiceUnavailable' };
const MESSAGES: Readonly<Record<string, string>> = {
  InternalError: 'We encountered an internal error. Please try again.',
  ServiceUnavailable: 'Service is unable to handle request.',
  SlowDown: 'Please reduce your request rate.',
};

/** An error in the words of the protocol that the request speaks, so that SDKs parse it as they would AWS's. */
export function errorAnswer(service: string, headers: IncomingHttpHeaders, status: number, code = CODES[status] ?? 'ServiceUnavailable', message = MESSAGES[code] ?? code): Answer {
  const id = randomUUID();
  const xml = { 'content-type': 'application/xml', 'x-amz-request-id': id, 'x-amzn-requestid': id };
  if (service === 's3') {
    return { status, headers: xml, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${id}</RequestId></Error>` };
  }
  if (service === 's3-control') {
    return { status, headers: xml, body: `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>` };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return { status, headers: xml, body: `<ErrorResponse><Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>` };
  }
  const type = headers['content-type']?.startsWith('application/x-amz-json') ? headers['content-type'] : 'application/json';
  return { status, headers: { 'content-type': type, 'x-amzn-errortype': code, 'x-amzn-requestid': id }, body: JSON.stringify({ __type: code, message }) };
}
