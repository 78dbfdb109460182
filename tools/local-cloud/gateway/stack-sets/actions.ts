import { AwsError } from '../aws-error.ts';
import { subtree, queryText, queryTexts } from '../query-params.ts';
import type { XmlValue } from '../xml.ts';
import { readDefinition, readOverrides } from './definition.ts';
import type { Call } from './deps.ts';
import { begin, refuseWhileRunning, targetsOf } from './operations.ts';
import type { StackInstance } from './model.ts';
import { findInstance, getInstance, getOperation } from './store.ts';
import type { StackSetStore } from './store.ts';
import {
  instanceSummary,
  instanceView,
  operationSummary,
  operationView,
  stackSetSummary,
  stackSetView,
} from './views.ts';

type Result = Record<string, XmlValue>;
const NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/;

const setOf = ({ store, scope, request }: Call): ReturnType<StackSetStore['get']> =>
  store.get(scope, queryText(request, 'StackSetName'));

/** The StackSet actions of the CloudFormation API. Each gives the members of its result. @throws AwsError */
export const stackSetActions: Readonly<Record<string, (call: Call) => Promise<Result> | Result>> = {
  CreateStackSet: async (call) => {
    const { request, scope, store, deps } = call;
    const name = queryText(request, 'StackSetName') ?? '';
    if (!NAME.test(name))
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${name}' at 'stackSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    if (queryText(request, 'PermissionModel') === 'SERVICE_MANAGED')
      throw new AwsError(
        'ValidationError',
        'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
      );
    const definition = await readDefinition(request, scope, undefined, deps);
    const requestToken = queryText(request, 'ClientRequestToken');
    const existing = store.find(scope, name);
    if (existing !== undefined && requestToken !== undefined && existing.requestToken === requestToken)
      return { StackSetId: existing.id };
    if (existing !== undefined)
      throw new AwsError('NameAlreadyExistsException', `StackSet ${name} already exists`, 409);
    const id = `${name}:${deps.newId()}`;
    store.add({
      ...scope,
      name,
      id,
      definition,
      requestToken,
      status: 'ACTIVE',
      managedExecution: queryText(subtree(request, 'ManagedExecution'), 'Active') === 'true',
      instances: [],
      operations: [],
    });
    return { StackSetId: id };
  },

  UpdateStackSet: async (call) => {
    const set = setOf(call);
    refuseWhileRunning(set);
    // A custom administration role must be given at every update; without it the default one is used (and may not exist).
    const definition = await readDefinition(call.request, call.scope, set.definition, call.deps);
    const only =
      queryTexts(call.request, 'Accounts') === undefined && queryTexts(call.request, 'Regions') === undefined
        ? undefined
        : targetsOf(call.request);
    const instances =
      only === undefined ? [...set.instances] : only.map(({ account, region }) => getInstance(set, account, region));
    refuseWhileRunning(set);
    // The new definition stays, also when the operation fails.
    set.definition = definition;
    for (const instance of set.instances) if (instance.status === 'CURRENT') instance.status = 'OUTDATED';
    return {
      OperationId: begin(
        call,
        set,
        'UPDATE',
        instances.filter((instance) => instance.status !== 'INOPERABLE'),
      ),
    };
  },

  DeleteStackSet: (call) => {
    const set = call.store.find(call.scope, queryText(call.request, 'StackSetName'));
    // Deleting what is not there succeeds.
    if (set === undefined) return {};
    refuseWhileRunning(set);
    if (set.instances.length > 0) throw new AwsError('StackSetNotEmptyException', 'StackSet is not empty', 409);
    set.status = 'DELETED';
    return {};
  },

  DescribeStackSet: (call) => ({ StackSet: stackSetView(setOf(call)) }),

  ListStackSets: ({ request, store, scope }) => {
    const status = queryText(request, 'Status');
    return {
      Summaries: store
        .list(scope)
        .filter((set) => status === undefined || set.status === status)
        .map(stackSetSummary),
    };
  },

  CreateStackInstances: (call) => {
    const set = setOf(call);
    const overrides = readOverrides(call.request) ?? [];
    const targets = targetsOf(call.request);
    refuseWhileRunning(set);
    const instances = targets.map(({ account, region }) => {
      const existing = findInstance(set, account, region);
      if (existing !== undefined) existing.overrides = overrides;
      const instance: StackInstance = existing ?? {
        account,
        region,
        overrides,
        stackId: undefined,
        status: 'OUTDATED',
        detailedStatus: 'PENDING',
        reason: undefined,
        lastOperationId: undefined,
      };
      if (existing === undefined) set.instances.push(instance);
      return instance;
    });
    return { OperationId: begin(call, set, 'CREATE', instances) };
  },

  UpdateStackInstances: (call) => {
    const set = setOf(call);
    refuseWhileRunning(set);
    const overrides = readOverrides(call.request);
    const instances = targetsOf(call.request).map(({ account, region }) => getInstance(set, account, region));
    if (overrides !== undefined) for (const instance of instances) instance.overrides = overrides;
    return { OperationId: begin(call, set, 'UPDATE', instances) };
  },

  DeleteStackInstances: (call) => {
    const set = setOf(call);
    const retain = queryText(call.request, 'RetainStacks');
    if (retain === undefined)
      throw new AwsError(
        'ValidationError',
        "1 validation error detected: Value null at 'retainStacks' failed to satisfy constraint: Member must not be null",
      );
    refuseWhileRunning(set);
    const instances = targetsOf(call.request).flatMap(
      ({ account, region }) => findInstance(set, account, region) ?? [],
    );
    return { OperationId: begin(call, set, 'DELETE', instances, retain === 'true') };
  },

  ListStackInstances: (call) => {
    const set = setOf(call);
    const account = queryText(call.request, 'StackInstanceAccount');
    const region = queryText(call.request, 'StackInstanceRegion');
    return {
      Summaries: set.instances
        .filter(
          (instance) =>
            (account === undefined || instance.account === account) &&
            (region === undefined || instance.region === region),
        )
        .map((instance) => instanceSummary(set, instance)),
    };
  },

  DescribeStackInstance: (call) => {
    const set = setOf(call);
    return {
      StackInstance: instanceView(
        set,
        getInstance(
          set,
          queryText(call.request, 'StackInstanceAccount') ?? '',
          queryText(call.request, 'StackInstanceRegion') ?? '',
        ),
      ),
    };
  },

  DescribeStackSetOperation: (call) => {
    const set = setOf(call);
    return { StackSetOperation: operationView(set, getOperation(set, queryText(call.request, 'OperationId'))) };
  },

  ListStackSetOperations: (call) => ({ Summaries: [...setOf(call).operations].reverse().map(operationSummary) }),

  ListStackSetOperationResults: (call) => ({
    Summaries: getOperation(setOf(call), queryText(call.request, 'OperationId')).targets.map(
      ({ account, region, status, reason }) => ({
        Account: account,
        Region: region,
        Status: status,
        StatusReason: reason,
      }),
    ),
  }),

  StopStackSetOperation: (call) => {
    const operation = getOperation(setOf(call), queryText(call.request, 'OperationId'));
    if (operation.status !== 'RUNNING')
      throw new AwsError('InvalidOperationException', `Operation ${operation.id} is not running and cannot be stopped`);
    operation.status = 'STOPPING';
    return {};
  },
};
