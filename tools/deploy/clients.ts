import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SFNClient } from '@aws-sdk/client-sfn';

/** What an AWS SDK client of a Region is made with: endpoint and credentials of the local cloud. */
export type ClientConfigOf = (region: string) => {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: true;
};

interface Cloud {
  readonly clientConfig: ClientConfigOf;
}

/** Cognito in a Region of a cloud. */
export const cognitoIn = ({ clientConfig }: Cloud, region: string): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient(clientConfig(region));
/** Step Functions in a Region of a cloud. */
export const stepFunctionsIn = ({ clientConfig }: Cloud, region: string): SFNClient =>
  new SFNClient(clientConfig(region));
