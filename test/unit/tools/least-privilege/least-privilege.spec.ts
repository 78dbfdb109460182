import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { parse } from 'yaml';
import { templatesWithout } from '../../../../tools/least-privilege/launches.ts';
import { chosen, leastPrivilegeOptions } from '../../../../tools/least-privilege/options.ts';
import {
  experimentsOf,
  IN_OTHER_WORDS,
  statementName,
  rolesOfServices,
  type Experiment,
} from '../../../../tools/least-privilege/plan.ts';
import { inWords, RunTimes } from '../../../../tools/least-privilege/run-times.ts';
import { removeStatement } from '../../../../tools/least-privilege/role-policy.ts';
import {
  judge,
  refusedCalls,
  verdictOn,
  type Judged,
  type StatementVerdict,
} from '../../../../tools/least-privilege/verdict.ts';
import type { CallRecord } from '../../../../tools/local-cloud/index.ts';
import { rolesOf } from '../../../../tools/least-privilege/policies/roles.ts';
import { parseTemplate } from '../../../../tools/least-privilege/policies/template.ts';
import { rejection } from '../../../support/rejection.ts';
import { resourcesOf, templates } from '../../../support/templates.ts';

const reasons = parse(
  readFileSync(new URL('../../../../tools/least-privilege/survivors.yaml', import.meta.url), 'utf8'),
) as Record<string, string>;
const call = (service: string, action: string, status: number, errorCode?: string): CallRecord => ({
  sequence: 1,
  time: 0,
  service,
  action,
  region: 'us-east-1',
  account: '111122223333',
  status,
  latencyMs: 1,
  ...(errorCode === undefined ? {} : { errorCode }),
});
const experiment: Experiment = { role: 'WorkRole', sid: 'Items', scenario: 'export' };
const judged = (verdict: StatementVerdict): Judged => ({ experiment, verdict, seconds: 1 });

describe('Least privilege: what is tried', () => {
  const experiments = experimentsOf(templates);

  it('is every statement of every role of a function, each once', () => {
    const functionRoles = templates.flatMap(rolesOf).filter(({ functions }) => functions.length > 0);
    expect(functionRoles.length).to.be.above(15);
    expect(experiments.map(statementName).sort()).to.deep.equal(
      functionRoles.flatMap(({ id, statements }) => statements.map(({ Sid = '' }) => `${id}/${Sid}`)).sort(),
    );
  });

  it('leaves out the roles of services only', () => {
    const functionRoles = new Set(experiments.map(({ role }) => role));
    const all = templates.flatMap((template) => resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id));
    expect(rolesOfServices(templates)).to.have.members(all.filter((role) => !functionRoles.has(role)));
  });

  it('needs a scenario for the role of a new function', () => {
    const stranger = parseTemplate(
      't',
      'Resources:\n  NewRole: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Statement: []}, Policies: [{PolicyDocument: {Statement: [{Sid: A}]}}]}}\n  New: {Type: "AWS::Lambda::Function", Properties: {Role: !GetAtt NewRole.Arn}}\n',
    );
    expect(() => experimentsOf([stranger])).to.throw('NewRole');
  });

  it('can be limited to roles, and refuses others', () => {
    expect(chosen(experiments, { roles: ['SyncUsersRole'] }).map(({ role }) => role))
      .to.include('SyncUsersRole')
      .and.not.include('SyncGroupRole');
    expect(chosen(experiments, { roles: [] })).to.equal(experiments);
    expect(() => chosen(experiments, { roles: ['ExportWorkflowRole'] })).to.throw('--role ExportWorkflowRole');
    expect(leastPrivilegeOptions(['--role', 'A', '--role', 'B', '--list'])).to.deep.equal({
      roles: ['A', 'B'],
      list: true,
    });
    expect(() => leastPrivilegeOptions(['--rolle', 'A'])).to.throw('--rolle');
  });

  it('has reasons and wordings only for statements that exist', () => {
    const names = new Set(experiments.flatMap(({ role, sid }) => [`${role}/${sid}`, `*/${sid}`]));
    expect([...Object.keys(reasons), ...Object.keys(IN_OTHER_WORDS)].filter((name) => !names.has(name))).to.deep.equal(
      [],
    );
    for (const [name, reason] of Object.entries(reasons)) expect(reason.length, name).to.be.above(40);
  });
});

describe('Least privilege: verdict', () => {
  it('is "needed" when it fails and names the refused call', () => {
    expect(
      verdictOn({
        ended: 'badly',
        told: 'AccessDenied: the role may not call ListUsers',
        refused: ['dynamodb:Scan', 'cognito-idp:ListUsers'],
      }),
    ).to.deep.equal({ kind: 'needed', by: 'cognito-idp:ListUsers' });
    expect(
      verdictOn({ ended: 'badly', told: 'cannot be read', refused: ['s3:HeadObject'] }, 'cannot be read'),
    ).to.deep.equal({ kind: 'needed', by: 's3:HeadObject' });
  });

  it('is "survivor" when it ends well, with what was refused and passed over', () => {
    expect(verdictOn({ ended: 'well', told: '', refused: [] })).to.deep.equal({ kind: 'survivor', refused: [] });
    expect(verdictOn({ ended: 'well', told: '', refused: ['dynamodb:GetItem'] })).to.deep.equal({
      kind: 'survivor',
      refused: ['dynamodb:GetItem'],
    });
  });

  it('is "unclear" when it fails without a refusal, or does not say which', () => {
    expect(verdictOn({ ended: 'badly', told: 'States.Timeout', refused: [] })).to.have.property('kind', 'unclear');
    expect(verdictOn({ ended: 'badly', told: 'something failed', refused: ['s3:PutObject'] }, 'other words'))
      .to.have.property('why')
      .that.includes('s3:PutObject');
  });

  it("knows a refusal in each service's form", () => {
    const calls = [
      call('s3', 'HeadObject', 403),
      call('dynamodb', 'GetItem', 400, 'AccessDeniedException'),
      call('sns', 'Publish', 403, 'AuthorizationError'),
      call('s3', 'HeadObject', 403),
      call('s3', 'GetObject', 404, 'NoSuchKey'),
      call('dynamodb', 'PutItem', 400, 'ConditionalCheckFailedException'),
      call('sqs', 'SendMessage', 200),
    ];
    expect(refusedCalls(calls)).to.deep.equal(['s3:HeadObject', 'dynamodb:GetItem', 'sns:Publish']);
  });
});

describe('Least privilege: judgement', () => {
  const survivor = judged({ kind: 'survivor', refused: ['s3:GetObject'] });

  it('accepts what is needed, and survivors with a reason of their own or for every role', () => {
    expect(judge([judged({ kind: 'needed', by: 's3:GetObject' })], {})).to.deep.equal({ explained: [], problems: [] });
    expect(judge([survivor], { 'WorkRole/Items': 'because' })).to.deep.equal({
      explained: [{ name: 'WorkRole/Items', refused: ['s3:GetObject'], reason: 'because' }],
      problems: [],
    });
    expect(judge([survivor], { '*/Items': 'everywhere' }).problems).to.deep.equal([]);
  });

  it('fails for a survivor without a reason, an unclear end, and a reason that is not needed', () => {
    expect(judge([survivor], { 'OtherRole/Items': 'because' }).problems)
      .to.have.length(1)
      .and.to.have.nested.property('[0]')
      .that.includes('WorkRole/Items')
      .and.includes('s3:GetObject');
    expect(
      judge([judged({ kind: 'unclear', why: 'it hung' })], { 'WorkRole/Items': 'because' }).problems,
    ).to.deep.equal(['WorkRole/Items: it hung']);
    expect(judge([judged({ kind: 'needed', by: 'x' })], { 'WorkRole/Items': 'because' }).problems[0]).to.include(
      'needed',
    );
  });
});

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

describe('Least privilege: templates of a launch', () => {
  const [main, stackSet] = templates.map(({ text }) =>
    text.replaceAll(
      '%%ASSET:stack-set-template.template%%',
      'solution/v1/stack-set-template-0123456789abcdef.template',
    ),
  );
  const assets = {
    global: new Map([
      ['cognito-user-profiles-export-reference-architecture.template', Buffer.from(main ?? '')],
      ['stack-set-template.template', Buffer.from(stackSet ?? '')],
    ]),
    regional: new Map([['stack-set-template-0123456789abcdef.template', Buffer.from(stackSet ?? '')]]),
  };
  const text = (content: Uint8Array | undefined): string => Buffer.from(content ?? []).toString();
  const [mainName = ''] = [...assets.global.keys()];

  it('lack the statement in the main template', () => {
    const { global, regional } = templatesWithout(assets, { role: 'StackCheckerFunctionRole', sid: 'RegionEnabled' });
    expect(text(global.get(mainName)))
      .to.include('stack-set-template-0123456789abcdef.template')
      .and.not.include('RegionEnabled');
    expect([...regional.keys()]).to.deep.equal([]);
  });

  it("lack it in the StackSet's template, which then has a key of its own", () => {
    const { global, regional } = templatesWithout(assets, { role: 'StackSetConstantsFunctionRole', sid: 'Constants' });
    const [[key = '', content] = []] = [...regional];
    expect(key)
      .to.match(/^stack-set-template-[0-9a-f]{16}\.template$/)
      .and.not.equal('stack-set-template-0123456789abcdef.template');
    expect(
      rolesOf(parseTemplate('t', text(content)))
        .find(({ id }) => id === 'StackSetConstantsFunctionRole')
        ?.statements.map(({ Sid }) => Sid),
    ).to.deep.equal(['Log']);
    expect(text(global.get(mainName)))
      .to.include(key)
      .and.not.include('0123456789abcdef.template');
  });
});

describe('Least privilege: time that is left', () => {
  it('comes from what the same scenario took, and from a guess before', () => {
    const progress = new RunTimes();
    expect(progress.left(['verify backup'])).to.be.above(0);
    progress.add('export', 4);
    progress.add('export', 6);
    expect(progress.left(['export', 'export', 'export'])).to.equal(15);
    expect([inWords(40.4), inWords(200)]).to.deep.equal(['40 s', '3 min']);
  });
});
