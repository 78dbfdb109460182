import type { Clock } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../../../tools/simulation/service-calls.ts';
import { mostPerSecond } from '../../../tools/simulation/most-per-second.ts';

/** What an invocation sees when its process dies: nothing may catch it and go on. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

export interface FaultRule {
  /** Call name such as `cognito.listUsersPage` or `table.putItems`; every call when absent. */
  readonly call?: string | RegExp;
  /** The first matching call that fails, counted from 1 (default 1) after the rule was added. */
  readonly nth?: number;
  /** How many matching calls fail from there (default 1). */
  readonly times?: number;
  /** `after`: the effect happened, only the answer is lost. Default `before`. */
  readonly when?: 'before' | 'after';
  readonly error: () => Error;
}

export interface LoggedCall {
  readonly call: string;
  /** Virtual time, milliseconds. */
  readonly at: number;
}

/**
 * Every call of every in-memory port passes here: it is counted and logged, takes virtual time, and can be made to fail
 * or to kill the caller. After a kill every call (also of work that is still in flight) throws KilledError until
 * `revive()`, which stands for the next invocation.
 */
export class Calls implements ServiceCalls {
  readonly log: LoggedCall[] = [];
  /** Milliseconds a call takes, by call name (`cognito.listUsersPage`) or its first part (`cognito`). */
  readonly latencies: Record<string, number> = {};
  /** What a call waits for before it is made, such as the product's pacer in tests of speed. */
  turn: ((call: string) => Promise<void>) | undefined;
  readonly #rules: { readonly rule: FaultRule; seen: number }[] = [];
  #count = 0;
  #killAt: { readonly count: number; readonly when: 'before' | 'after' } | undefined;
  #generation = 0;
  #dead = false;

  constructor(readonly clock: Clock) {}

  /** Calls made so far by everyone. */
  get count(): number {
    return this.#count;
  }

  /** Calls made so far whose name is `call` or starts with `call.`. */
  countOf(call: string): number {
    return this.log.filter((entry) => matches(call, entry.call)).length;
  }

  /** Most calls below `prefix` that began within one sliding second. */
  maxPerSecond(prefix: string): number {
    return mostPerSecond(this.log.filter((entry) => matches(prefix, entry.call)).map((entry) => entry.at));
  }

  fail(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0 });
  }

  /** Kills at the n-th call from now (1 = the next one), before or after its effect. */
  killAt(nth: number, when: 'before' | 'after' = 'before'): void {
    this.#killAt = { count: this.#count + nth, when };
  }

  get killed(): boolean {
    return this.#dead;
  }

  /** Invocations that were killed so far: work that began under another number is dead. */
  get generation(): number {
    return this.#generation;
  }

  /** The next invocation: calls work again; work that was in flight when it was killed stays dead. */
  revive(): void {
    this.#dead = false;
    this.#killAt = undefined;
  }

  /** Runs `effect` as one call: atomic at the moment it begins, answered after the call's latency. */
  async run<T>(call: string, effect: () => T): Promise<T> {
    if (this.turn !== undefined) await this.turn(call);
    if (this.#dead) throw new KilledError('killed');
    const generation = this.#generation;
    this.#count += 1;
    this.log.push({ call, at: this.clock.now() });
    const kill = this.#killAt !== undefined && this.#count >= this.#killAt.count ? this.#killAt.when : undefined;
    if (kill === 'before') this.#die();
    const fault = this.#faultFor(call);
    if (fault !== undefined && fault.when !== 'after') {
      await this.#wait(call, generation);
      throw fault.error();
    }
    const result = effect();
    if (kill === 'after') this.#die();
    await this.#wait(call, generation);
    if (fault !== undefined) throw fault.error();
    return result;
  }

  #die(): never {
    this.#dead = true;
    this.#generation += 1;
    throw new KilledError('killed');
  }

  async #wait(call: string, generation: number): Promise<void> {
    const ms = this.latencies[call] ?? this.latencies[call.split('.')[0] as string] ?? 0;
    await (ms > 0 ? this.clock.sleep(ms) : Promise.resolve());
    if (generation !== this.#generation) throw new KilledError('killed');
  }

  #faultFor(call: string): FaultRule | undefined {
    let found: FaultRule | undefined;
    for (const entry of this.#rules) {
      const { call: wanted, nth = 1, times = 1 } = entry.rule;
      if (wanted !== undefined && !matches(wanted, call)) continue;
      entry.seen += 1;
      if (entry.seen >= nth && entry.seen < nth + times) found ??= entry.rule;
    }
    return found;
  }
}

const matches = (wanted: string | RegExp, call: string): boolean =>
  typeof wanted === 'string' ? call === wanted || call.startsWith(`${wanted}.`) : wanted.test(call);
