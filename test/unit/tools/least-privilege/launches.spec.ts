import { expect } from 'chai';
import { templatesWithout } from '../../../../tools/least-privilege/launches.ts';
import { rolesOf } from '../../../../source/domain/operator/permissions/roles.ts';
import { parseTemplate } from '../../../../source/domain/operator/permissions/template.ts';
import { templates } from '../../../support/templates.ts';

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
    const { global, regional } = templatesWithout(assets, { role: 'StackCheckerFunctionRole', sid: 'RegionUsable' });
    expect(text(global.get(mainName)))
      .to.include('stack-set-template-0123456789abcdef.template')
      .and.not.include('RegionUsable');
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
