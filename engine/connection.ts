import { readFileSync } from 'node:fs';

/** The part of the environment that says how Temporal is reached; names as everywhere in Temporal's own tools. */
export interface TemporalEnvironment {
  readonly TEMPORAL_ADDRESS: string;
  readonly TEMPORAL_TLS: boolean;
  readonly TEMPORAL_API_KEY?: string | undefined;
  readonly TEMPORAL_TLS_CLIENT_CERT_PATH?: string | undefined;
  readonly TEMPORAL_TLS_CLIENT_KEY_PATH?: string | undefined;
  readonly TEMPORAL_TLS_SERVER_CA_CERT_PATH?: string | undefined;
  readonly TEMPORAL_TLS_SERVER_NAME?: string | undefined;
}

export interface Tls {
  readonly serverNameOverride?: string;
  readonly serverRootCACertificate?: Buffer;
  readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
}

/** What client and worker take alike. */
export interface TemporalConnection {
  readonly address: string;
  readonly tls: Tls | false;
  readonly apiKey?: string;
}

/** Reads the certificates; throws when a file can't be read. */
export function temporalConnection(environment: TemporalEnvironment): TemporalConnection {
  return {
    address: environment.TEMPORAL_ADDRESS,
    // Said out loud either way: with a key alone the SDK would decide by itself.
    tls: environment.TEMPORAL_TLS ? tlsOf(environment) : false,
    ...(environment.TEMPORAL_API_KEY === undefined ? {} : { apiKey: environment.TEMPORAL_API_KEY }),
  };
}

function tlsOf(environment: TemporalEnvironment): Tls {
  const crt = pemOf(environment, 'TEMPORAL_TLS_CLIENT_CERT_PATH');
  const key = pemOf(environment, 'TEMPORAL_TLS_CLIENT_KEY_PATH');
  const ca = pemOf(environment, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH');
  const name = environment.TEMPORAL_TLS_SERVER_NAME;
  return {
    ...(name === undefined ? {} : { serverNameOverride: name }),
    ...(ca === undefined ? {} : { serverRootCACertificate: ca }),
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
  };
}

type PathName = 'TEMPORAL_TLS_CLIENT_CERT_PATH' | 'TEMPORAL_TLS_CLIENT_KEY_PATH' | 'TEMPORAL_TLS_SERVER_CA_CERT_PATH';

function pemOf(environment: TemporalEnvironment, name: PathName): Buffer | undefined {
  const path = environment[name];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${name}: the file ${path} can't be read`, { cause });
  }
}
