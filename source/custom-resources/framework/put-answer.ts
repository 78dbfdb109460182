/** Delivers the answer to the presigned URL of CloudFormation's request. */
import type { Clock, Random } from '../../domain/ports.ts';

const TRIES = 5;
const TRY_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 200;

/** The network, and the pauses between tries. */
export interface PutDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * PUTs `body` until it is accepted. Throws when it never is, so that Lambda runs the request again: a stack that gets
 * no answer hangs for an hour. The URL is a credential and appears in no message.
 */
export const answerPutter =
  ({ clock, random, fetch }: PutDeps) =>
  async (url: string, body: string): Promise<void> => {
    let found = '';
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (attempt > 1) await clock.sleep(random() * FIRST_PAUSE_MS * 2 ** attempt);
      const response = await tryOnce(fetch, url, body);
      if (response === 'accepted') return;
      found = response;
    }
    throw new Error(`CloudFormation did not accept the answer in ${TRIES} tries; the last one gave ${found}.`);
  };

async function tryOnce(fetch: PutDeps['fetch'], url: string, body: string): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      // The URL is signed for an empty content type. A body of bytes makes fetch send its length in bytes.
      headers: { 'content-type': '' },
      body: new TextEncoder().encode(body),
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? 'accepted' : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'an error';
  }
}
