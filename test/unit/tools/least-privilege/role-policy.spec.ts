import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { IAMClient } from '@aws-sdk/client-iam';
import { expect } from 'chai';
import { removeStatement } from '../../../../tools/least-privilege/role-policy.ts';
import { rejection } from '../../../support/rejection.ts';

describe('Least privilege: a statement of a running role', () => {
  const statement = (Sid: string): object => ({ Sid, Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  /** IAM with one role, and what it was told. */
  const iamWith = (policies: Record<string, object[]>): { iam: IAMClient; stored: Map<string, string> } => {
    const stored = new Map(
      Object.entries(policies).map(([name, Statement]) => [name, JSON.stringify({ Version: '2012-10-17', Statement })]),
    );
    const send = async (command: unknown): Promise<object> => {
      if (command instanceof ListRolePoliciesCommand) return { PolicyNames: [...stored.keys()] };
      if (command instanceof GetRolePolicyCommand)
        return { PolicyDocument: encodeURIComponent(stored.get(command.input.PolicyName ?? '') ?? '') };
      if (command instanceof PutRolePolicyCommand)
        stored.set(command.input.PolicyName ?? '', command.input.PolicyDocument ?? '');
      if (command instanceof DeleteRolePolicyCommand) stored.delete(command.input.PolicyName ?? '');
      return {};
    };
    return { iam: { send } as unknown as IAMClient, stored };
  };
  const sids = (text: string | undefined): (string | undefined)[] =>
    (JSON.parse(text ?? '{"Statement": []}') as { Statement: { Sid?: string }[] }).Statement.map(({ Sid }) => Sid);

  it('is taken out of the policy that has it, and put back as it was', async () => {
    const { iam, stored } = iamWith({ Other: [statement('Log')], Work: [statement('Items'), statement('State')] });
    const before = new Map(stored);
    const putBack = await removeStatement(iam, 'role', 'Items');
    expect([sids(stored.get('Other')), sids(stored.get('Work'))]).to.deep.equal([['Log'], ['State']]);
    await putBack();
    expect(stored).to.deep.equal(before);
  });

  it('takes the whole policy along when it is its only one', async () => {
    const { iam, stored } = iamWith({ Self: [statement('Invoke')] });
    const putBack = await removeStatement(iam, 'role', 'Invoke');
    expect([...stored.keys()]).to.deep.equal([]);
    await putBack();
    expect(sids(stored.get('Self'))).to.deep.equal(['Invoke']);
  });

  it('must exist', async () => {
    expect(await rejection(removeStatement(iamWith({ Work: [statement('Items')] }).iam, 'role', 'Itmes')))
      .to.have.property('message')
      .that.includes('Itmes');
  });
});
