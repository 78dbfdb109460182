import { AwsError } from '../aws-error.ts';
import type { Operation, StackInstance, StackSet } from './model.ts';

/** Scope of a StackSet's name: an account's administration Region. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** All StackSets of the local cloud, deleted ones included (AWS lists them for a while, too). */
export class StackSetStore {
  private readonly all: StackSet[] = [];

  add(stackSet: StackSet): void {
    this.all.push(stackSet);
  }

  list(scope: Scope): StackSet[] {
    return this.all.filter((set) => set.account === scope.account && set.region === scope.region);
  }

  /** The active StackSet of that name or id. */
  find(scope: Scope, nameOrId: string | undefined): StackSet | undefined {
    return this.list(scope).find((set) => set.status === 'ACTIVE' && (set.name === nameOrId || set.id === nameOrId));
  }

  /** @throws AwsError StackSetNotFoundException */
  get(scope: Scope, nameOrId: string | undefined): StackSet {
    const found = this.find(scope, nameOrId);
    if (found === undefined)
      throw new AwsError('StackSetNotFoundException', `StackSet ${nameOrId ?? ''} not found`, 404);
    return found;
  }
}

/** @throws AwsError OperationNotFoundException */
export function getOperation(stackSet: StackSet, id: string | undefined): Operation {
  const found = stackSet.operations.find((operation) => operation.id === id);
  if (found === undefined) throw new AwsError('OperationNotFoundException', `Operation ${id ?? ''} not found`, 404);
  return found;
}

export function findInstance(stackSet: StackSet, account: string, region: string): StackInstance | undefined {
  return stackSet.instances.find((instance) => instance.account === account && instance.region === region);
}

/** @throws AwsError StackInstanceNotFoundException */
export function getInstance(stackSet: StackSet, account: string, region: string): StackInstance {
  const found = findInstance(stackSet, account, region);
  if (found === undefined)
    throw new AwsError(
      'StackInstanceNotFoundException',
      `Stack instance for stack set ${stackSet.id}, account ${account} and region ${region} not found`,
      404,
    );
  return found;
}
