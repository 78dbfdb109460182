import type { Invocation } from '../../../source/adapters/invocation.ts';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import type { ObjectStore } from '../../../source/domain/ports.ts';
import { untilEnd } from '../../../source/domain/state/call-permit.ts';
import { permitOf } from '../../../source/domain/state/drill-permit.ts';
import type { SolutionWorkflow } from '../../../source/domain/workflow/lease.ts';

/** Methods of the ports that make no call to Cognito. */
const ELSEWHERE = new Set(['uploadCsv', 'readLog']);

/** The port, each of whose calls to Cognito waits for the turn first, as the adapters' do. */
function needing<P extends object>(port: P, turn: () => Promise<void>): P {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
      if (ELSEWHERE.has(String(name))) return call;
      return async (...given: unknown[]) => {
        await turn();
        return call(...given);
      };
    },
  });
}

/** Does the work of an invocation with these ports of Cognito, under the permit of its workflow. */
export function withPermittedPorts<P extends Readonly<Record<string, object>>, T>(
  ports: P,
  calling: Pick<Invocation, 'clock' | 'log' | 'claim'> & {
    readonly workflow: SolutionWorkflow;
    readonly executionArn: string;
    readonly objects: ObjectStore;
    readonly assertLease: () => Promise<void>;
    /** Given where calls are to be paced, too. */
    readonly callsPerSecond?: number;
    /** Called for every call that is made. */
    readonly counted?: () => void;
  },
  work: (ports: P) => Promise<T>,
): Promise<T> {
  const { workflow, executionArn, claim, callsPerSecond, clock } = calling;
  const permit = permitOf(workflow, calling, { executionArn, claim });
  const pacer = callsPerSecond === undefined ? undefined : new Pacer({ callsPerSecond, clock });
  pacer?.restart(callsPerSecond, permit);
  const turn = async (): Promise<void> => {
    await (pacer?.take() ?? permit.ensure());
    calling.counted?.();
  };
  const needed = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, needing(port, turn)])) as P;
  return untilEnd(permit, () => work(needed));
}
