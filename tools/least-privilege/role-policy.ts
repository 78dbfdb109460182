import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { IAMClient } from '@aws-sdk/client-iam';

interface Document {
  readonly Version: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

/**
 * Takes one statement out of the role's inline policies; it takes effect with the next call.
 * @returns what puts it back
 * @throws Error when the role has no statement of that Sid
 */
export async function removeStatement(iam: IAMClient, RoleName: string, sid: string): Promise<() => Promise<void>> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const text = decodeURIComponent(PolicyDocument);
    const document = JSON.parse(text) as Document;
    const left = document.Statement.filter(({ Sid }) => Sid !== sid);
    if (left.length === document.Statement.length) continue;
    // A policy without a statement is refused by IAM.
    if (left.length === 0) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    else
      await iam.send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName,
          PolicyDocument: JSON.stringify({ ...document, Statement: left }),
        }),
      );
    return async () => {
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: text }));
    };
  }
  throw new Error(`The role ${RoleName} has no statement ${sid} in ${PolicyNames.join(', ') || 'any inline policy'}.`);
}
