// Loaded into every Node process of the local AWS (the cdk command, its app, Lambda workers) by NODE_OPTIONS.
'use strict';
const dns = require('node:dns');
const https = require('node:https');
const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');

// The SDK puts an account or a bucket before the endpoint's host; few resolvers know `111122223333.localhost`.
const lookup = dns.lookup;
dns.lookup = function (hostname, options, callback) {
  if (!/(^|\.)localhost\.?$/i.test(String(hostname))) return lookup.apply(this, arguments);
  const done = typeof options === 'function' ? options : callback;
  const all = typeof options === 'object' && options !== null && options.all;
  return process.nextTick(() => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)));
};

const endpoint = process.env.AWS_ENDPOINT_URL ? new URL(process.env.AWS_ENDPOINT_URL) : undefined;
if (endpoint) {
  // The SDK takes no endpoint for an access point's ARN: it always calls https://<alias>.accesspoint.s3-global.amazonaws.com.
  const request = https.request;
  https.request = function (...args) {
    const { options, callback } = readArguments(args);
    const host = String(options.hostname || options.host || '');
    if (!/\.amazonaws\.com(\.cn)?$/.test(host.replace(/:\d+$/, ''))) return request.apply(this, args);
    const headers = { host, ...options.headers };
    return http.request({ ...options, protocol: 'http:', hostname: endpoint.hostname, host: endpoint.hostname, port: endpoint.port, agent: undefined, _defaultAgent: undefined, headers }, callback);
  };

  // A function that runs in a Region stops with it: the gateway learns where the caller is.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME && process.env.AWS_REGION) {
    const plain = http.request;
    http.request = function (...args) {
      const sent = plain.apply(this, args);
      if (!sent.headersSent && sent.getHeader('host') !== undefined) sent.setHeader('x-local-aws-caller-region', process.env.AWS_REGION);
      return sent;
    };
  }
  syncBuiltinESMExports();
}

// The cdk command looks at a stack, and then waits 5 s, also for the last second of a deployment that takes less here.
const poll = Number(process.env.LOCAL_AWS_CDK_POLL_MS);
if (poll && /aws-cdk[\\/]bin[\\/]cdk$/.test(process.argv[1] ?? '')) {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = Object.assign((callback, ms, ...args) => wait(callback, ms === 5000 ? poll : ms, ...args), wait);
}

// A process that was started for a local AWS ends with the process that owns it, however that one ended.
const owner = Number(process.env.LOCAL_AWS_OWNER);
if (owner) {
  setInterval(() => {
    try {
      process.kill(owner, 0);
    } catch (error) {
      if (error.code === 'ESRCH') process.exit(1);
    }
  }, 500).unref();
}

function readArguments(args) {
  const url = typeof args[0] === 'string' || args[0] instanceof URL ? new URL(args[0]) : undefined;
  const rest = url ? args.slice(1) : args;
  const callback = rest.find((value) => typeof value === 'function');
  const given = rest.find((value) => typeof value === 'object' && value !== null) ?? {};
  const fromUrl = url ? { hostname: url.hostname, port: url.port, path: url.pathname + url.search } : {};
  return { options: { ...fromUrl, ...given }, callback };
}
