import { Fault } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';
import { systemClock } from '../clock.ts';

const TIMEOUT_MS = 5 * 60_000;
const ATTEMPTS = 3;

/**
 * PUT of an import job's CSV to its presigned URL, with the encryption header that the signature covers (Cognito
 * Developer Guide, "Importing users from a CSV file"). The URL is a secret: no error shows it.
 */
export async function uploadCsv(
  uploadUrl: string,
  csv: Uint8Array,
  clock: Pick<Clock, 'sleep'> = systemClock,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await put(uploadUrl, csv);
    if (result === 'done') return;
    if (attempt >= ATTEMPTS || !result.again)
      throw new Fault('ServiceError', `The upload of an import job's CSV failed: ${result.what}.`);
    await clock.sleep(1000 * 2 ** attempt);
  }
}

async function put(
  uploadUrl: string,
  csv: Uint8Array,
): Promise<'done' | { readonly what: string; readonly again: boolean }> {
  try {
    const response = await fetch(uploadUrl, {
      method: 'PUT',
      headers: { 'x-amz-server-side-encryption': 'aws:kms', 'content-type': 'text/csv' },
      body: Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? 'done' : { what: `HTTP status ${response.status}`, again: response.status >= 500 };
  } catch (error) {
    return {
      what: error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no connection',
      again: true,
    };
  }
}
