import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './types.ts';

export interface Unsigned {
  readonly method: string;
  readonly pathAndQuery: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Node's SHA-256 in the form that the signer wants; a hash with a secret where one is given. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string | Uint8Array);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

/** Signs a request by Signature Version 4 and gives its headers; `host` must be among the given ones. */
export async function signedHeaders(
  { method, pathAndQuery, headers, body }: Unsigned,
  service: string,
  region: string,
  credentials: AwsCredentials,
  signingDate: Date,
): Promise<Record<string, string>> {
  const url = new URL(pathAndQuery, 'http://host');
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
  // S3's paths are signed as they are, all others escaped once more.
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, uriEscapePath: service !== 's3' });
  const request = { method, protocol: 'http:', hostname: url.hostname, path: url.pathname, query, headers, body };
  return (await signer.sign(request, { signingDate })).headers;
}
