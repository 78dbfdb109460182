import type { OperatorClients, OperatorService } from '../../../source/adapters/operator/clients.ts';

type Answer = (input: Readonly<Record<string, unknown>>, region: string) => unknown;

/** An error as the SDK throws it. */
export const awsError = (name: string, message = name, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

/** AWS clients that answer from memory, by the name of the operation; what was called stays to be looked at. */
export class FakeClients {
  /** `stepFunctions StartExecution us-east-1`, in the order of the calls. */
  readonly calls: string[] = [];
  readonly inputs: {
    readonly action: string;
    readonly region: string;
    readonly input: Readonly<Record<string, unknown>>;
  }[] = [];
  /** Regions that give no answer. */
  readonly down = new Set<string>();
  /** After so many calls the process is killed: none has an effect any more. */
  callsLeft = Infinity;
  readonly #answers = new Map<string, Answer>();

  /** Answers an operation, for instance `DescribeStacks`; later answers replace earlier ones. */
  on(action: string, answer: Answer): this {
    this.#answers.set(action, answer);
    return this;
  }

  readonly clients = new Proxy({} as OperatorClients, {
    // A promise of the clients must not take them for another promise.
    get: (_target, service) =>
      service === 'then'
        ? undefined
        : (region: string) => ({ send: (command: object) => this.#send(service as OperatorService, region, command) }),
  });

  async #send(service: OperatorService, region: string, command: object): Promise<unknown> {
    // A command that the SDK does not have yet has no class of its own.
    const [, , operation] = (command as { readonly schema?: readonly string[] }).schema ?? [];
    const action = operation ?? command.constructor.name.replace(/Command$/, '');
    const { input } = command as { readonly input: Readonly<Record<string, unknown>> };
    this.callsLeft -= 1;
    if (this.callsLeft < 0) throw new Error('killed');
    this.calls.push(`${service} ${action} ${region}`);
    this.inputs.push({ action, region, input });
    if (this.down.has(region)) throw awsError('Error', 'connect ETIMEDOUT', { code: 'ETIMEDOUT' });
    const answer = this.#answers.get(action);
    if (answer === undefined) throw new Error(`The test gives no answer to ${action}.`);
    return answer(input, region);
  }
}
