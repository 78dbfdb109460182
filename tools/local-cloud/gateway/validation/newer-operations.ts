import type { ModelShape, ServiceModel } from './model.ts';

const poolId: ModelShape = { type: 'string', min: 1, max: 55, pattern: '[\\w-]+_[0-9a-zA-Z]+' };
const recoveryId: ModelShape = {
  type: 'string',
  min: 36,
  max: 36,
  pattern: '^[0-9a-f]{8}\\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\\b[0-9a-f]{12}$',
};
const ofOne: ModelShape = {
  type: 'structure',
  required: ['UserPoolId', 'RestoreId'],
  members: { UserPoolId: { shape: 'NewerPoolId' }, RestoreId: { shape: 'NewerRecoveryId' } },
};

/** Requests of operations that came after the pinned botocore, as its later models have them (1.44.6 for these). */
const NEWER: Readonly<Record<string, Readonly<Record<string, ModelShape>>>> = {
  'cognito-idp': {
    InitiatePointInTimeRecovery: {
      type: 'structure',
      required: ['UserPoolId', 'RestoreTimestamp'],
      members: { UserPoolId: { shape: 'NewerPoolId' }, RestoreTimestamp: { shape: 'NewerTime' } },
    },
    DescribePointInTimeRecovery: ofOne,
    StartPointInTimeRecovery: ofOne,
    CancelPointInTimeRecovery: ofOne,
    ListPointInTimeRecoveries: {
      type: 'structure',
      required: ['UserPoolId'],
      members: {
        UserPoolId: { shape: 'NewerPoolId' },
        NextToken: { shape: 'NewerToken' },
        MaxResults: { shape: 'NewerLimit' },
      },
    },
  },
};
const VALUES: Readonly<Record<string, ModelShape>> = {
  NewerPoolId: poolId,
  NewerRecoveryId: recoveryId,
  NewerTime: { type: 'timestamp' },
  NewerToken: { type: 'string', min: 1, pattern: '[\\S]+' },
  NewerLimit: { type: 'integer', min: 1, max: 60 },
};

/** The model with the newer operations of its service; what the model itself has stays as it is. */
export function withNewerOperations(folder: string, model: ServiceModel): ServiceModel {
  const requests = Object.entries(NEWER[folder] ?? {});
  return {
    ...model,
    operations: {
      ...Object.fromEntries(requests.map(([name]) => [name, { input: { shape: `Newer${name}` } }])),
      ...model.operations,
    },
    shapes: {
      ...VALUES,
      ...Object.fromEntries(requests.map(([name, shape]) => [`Newer${name}`, shape])),
      ...model.shapes,
    },
  };
}
