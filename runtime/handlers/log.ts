import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Log } from '../core/ports';

/** Structured lines in the function's log group, each with the request's id. */
export function lambdaLog(context: Context): Log {
  const logger = new Logger({ serviceName: 's3-failover' });
  logger.addContext(context);
  return {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
}
