import { expect } from 'chai';
import type { Experiment } from '../../../../tools/least-privilege/plan.ts';
import { judge, refusedCalls, verdictOn } from '../../../../tools/least-privilege/verdict.ts';
import type { Judged, StatementVerdict } from '../../../../tools/least-privilege/verdict.ts';
import type { CallRecord } from '../../../../tools/local-cloud/index.ts';

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
