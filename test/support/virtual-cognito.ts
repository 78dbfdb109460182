import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import sinon from 'sinon';
import type { StubAnswer } from './aws-stub.ts';
import { setEnvironment } from './environment.ts';
import { FakeClock } from '../../tools/simulation/fake-clock.ts';

/** What the SDK's HTTP handler is given, and gives back. */
interface Handler {
  handle(request: { readonly headers: Readonly<Record<string, string>> }): Promise<{
    readonly response: {
      readonly statusCode: number;
      readonly headers: Record<string, string>;
      readonly body: Uint8Array;
    };
  }>;
}

/**
 * Cognito behind the real SDK, on a virtual clock and without a network: the clients' HTTP handler answers in the process,
 * and what the SDK waits between two attempts passes on the clock. So the moment at which each attempt arrives is exact.
 */
export class VirtualCognito {
  clock = new FakeClock();
  /** Moments at which attempts arrived, retries among them. */
  attempts: number[] = [];
  /** Answers the attempt of this operation, or breaks its connection. */
  answer: (action: string) => StubAnswer | 'broken' = () => ({ body: {} });
  /** Milliseconds that a request, or its answer, is under way. */
  travel: () => number = () => 0;
  readonly #sandbox = sinon.createSandbox();
  #restoreEnvironment = (): void => undefined;

  start(): void {
    this.#restoreEnvironment = setEnvironment({
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    const handler = Object.getPrototypeOf(new CognitoIdentityProviderClient().config.requestHandler) as Handler;
    this.#sandbox.replace(handler, 'handle', ({ headers }) =>
      this.#arrive(headers['x-amz-target']?.split('.').at(-1) ?? ''),
    );
    this.#sandbox.replace(
      globalThis,
      'setTimeout',
      ((wake: () => void, ms = 0) => void this.clock.sleep(ms).then(wake)) as unknown as typeof setTimeout,
    );
  }

  /** A new clock, and nothing has arrived. */
  reset(): void {
    this.clock = new FakeClock();
    this.attempts = [];
  }

  stop(): void {
    this.#sandbox.restore();
    this.#restoreEnvironment();
  }

  async #arrive(action: string): ReturnType<Handler['handle']> {
    await this.clock.sleep(this.travel());
    this.attempts.push(this.clock.now());
    const answer = this.answer(action);
    await this.clock.sleep(this.travel());
    if (answer === 'broken') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const { status = 200, headers = {}, body = {} } = answer;
    return {
      response: {
        statusCode: status,
        headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
        body: Buffer.from(JSON.stringify(body)),
      },
    };
  }
}
