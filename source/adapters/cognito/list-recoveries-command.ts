import { $Command } from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-cognito-identity-provider';
import { getEndpointPlugin } from '@smithy/core/endpoints';

type OperationSchema = Parameters<ReturnType<typeof $Command.classBuilder>['sc']>[0];
/** Everything that a command sends and is answered. */
type Answer = Extract<ServiceOutputTypes, { $metadata: unknown }>;

interface ListPointInTimeRecoveriesRequest {
  readonly UserPoolId: string;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number;
}
interface ListPointInTimeRecoveriesResponse extends Pick<Answer, '$metadata'> {
  readonly Restorations?: readonly {
    readonly RestoreId?: string;
    readonly RestoreStatus?: string;
    readonly RestoreTimestamp?: Date;
  }[];
  readonly NextToken?: string;
}

const NAMESPACE = 'com.amazonaws.cognitoidentityprovider';
const OPERATION = 'ListPointInTimeRecoveries';
/** Kinds of shapes and values in the SDK's schemas (`@smithy/types`, static-schemas and sentinels). */
const [LIST, STRUCTURE, OPERATION_SHAPE] = [1, 3, 9] as const;
const [STRING, NUMBER, TIME] = [0, 1, 4] as const;
const members = (name: string, of: Readonly<Record<string, unknown>>) => [
  STRUCTURE,
  NAMESPACE,
  name,
  0,
  Object.keys(of),
  Object.values(of),
];
const restoration = members('RestorationDescriptionType', {
  RestoreId: STRING,
  RestoreStatus: STRING,
  RestoreTimestamp: TIME,
});
const schema = [
  OPERATION_SHAPE,
  NAMESPACE,
  OPERATION,
  0,
  () => members(`${OPERATION}Request`, { UserPoolId: STRING, NextToken: STRING, MaxResults: NUMBER }),
  () =>
    members(`${OPERATION}Response`, {
      Restorations: [LIST, NAMESPACE, 'RestorationListType', 0, () => restoration],
      NextToken: STRING,
    }),
] as unknown as OperationSchema;

/**
 * ListPointInTimeRecoveries of November 2026, which no release of the SDK has yet (3.1169.0 is the newest). Made as the
 * SDK's own commands are, so that the client signs, paces and retries it as any other call, at the client's endpoint.
 */
export const ListPointInTimeRecoveriesCommand = $Command
  .classBuilder<
    ListPointInTimeRecoveriesRequest & ServiceInputTypes,
    ListPointInTimeRecoveriesResponse & ServiceOutputTypes,
    CognitoIdentityProviderClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >()
  .ep({
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
    UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
  })
  .m(
    (
      command: { getEndpointParameterInstructions: () => never },
      _stack,
      config: Parameters<typeof getEndpointPlugin>[0],
    ) => [getEndpointPlugin(config, command.getEndpointParameterInstructions())],
  )
  .s('AWSCognitoIdentityProviderService', OPERATION)
  .n('CognitoIdentityProviderClient', `${OPERATION}Command`)
  .sc(schema)
  .build();
