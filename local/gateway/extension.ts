import type { ZodType } from 'zod';
import type { EmulatorClient } from '../emulator/client';
import type { Answer, Exchange } from './exchange';

/**
 * A part of AWS that the emulator lacks, added in the gateway.
 *
 * Order for each request: faults (a dead Region answers nobody, extensions see nothing) -> `intercept` -> emulator ->
 * `amend` -> answer to the client -> `observed`.
 */
export interface GatewayExtension {
  readonly name: string;
  /** May answer in the emulator's place; undefined passes the request on. The first extension that answers wins. */
  intercept?(exchange: Exchange): Promise<Answer | undefined>;
  /** Header lines for the emulator's eyes, named `X-Local-Aws-...`: a client's own of such names never reach it. */
  forwarded?(exchange: Exchange): Readonly<Record<string, string>>;
  /** True when `amend` or `observed` needs the response's body; it is then held back until complete. */
  wantsResponseBody?(exchange: Exchange): boolean;
  /** Runs before the client sees the answer; may change `exchange.response.headers` and, if it was wanted, `.body`. */
  amend?(exchange: Exchange): void | Promise<void>;
  /**
   * Runs for every request that the emulator or an extension answered, and has ended before the client gets the last
   * byte: what it records is recorded before anything is acknowledged. Slow work belongs in the background.
   */
  observed?(exchange: Exchange): void | Promise<void>;
  /** Called on each change of a fault, for work that waits on a Region. */
  faultsChanged?(): void;
  /** Part of `aws.control.state()`, under the extension's name. */
  state?(): unknown;
  close?(): void | Promise<void>;
}

/** Makes an extension for one local AWS. */
export interface ExtensionFactory {
  readonly name: string;
  /**
   * Python files, absolute paths, that the launcher runs inside the emulator before it serves; each defines
   * `install(app, s3)` (the modules ministack.app and ministack.services.s3). For what a proxy cannot do.
   */
  readonly emulatorPatches?: readonly string[];
  create(context: ExtensionContext): GatewayExtension;
}

/** What the gateway hands to an extension. */
export interface ExtensionContext {
  readonly account: string;
  /** Calls the emulator as root, past the gateway: no faults, no extensions, no access log. */
  readonly emulator: EmulatorClient;
  /** A bucket's own Region, or undefined when there is no such bucket. Cached for a few seconds. */
  bucketRegion(bucket: string): Promise<string | undefined>;
  /** Whether a request to the Region, or to this bucket in it, would get an answer now; drawn anew where a share fails. */
  reachable(region: string, bucket?: string): boolean;
  /** Regions that answer nobody now. */
  deadRegions(): readonly string[];
  /** Adds a route to the control API: `POST /<name>` with a JSON body that `schema` accepts. */
  control<T>(name: string, schema: ZodType<T>, handle: (input: T) => unknown): void;
  /** Writes one line to the local AWS's log. */
  log(line: string): void;
}
