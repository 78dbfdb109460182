import { expect } from 'chai';
import {
  heldIdentities,
  linkRefusal,
  MAX_LINKS,
  withIdentity,
} from '../../../../../tools/simulation/cognito/identities.ts';
import type { LinkRequest } from '../../../../../tools/simulation/cognito/identities.ts';

const REQUEST: LinkRequest = {
  source: { providerName: 'Corp', userId: 'A' },
  providers: ['Corp'],
  held: [],
  hasImmutable: false,
  holder: undefined,
};
const answers = (over: Partial<LinkRequest>): string | undefined => linkRefusal({ ...REQUEST, ...over });

describe('17.3: simulated AdminLinkProviderForUser', () => {
  it('17.3: links an identity of a known provider that is nobody’s', () => {
    expect(answers({})).to.equal(undefined);
    expect(answers({ held: Array.from({ length: MAX_LINKS - 1 }, () => REQUEST.source) })).to.equal(undefined);
  });

  it('17.3: refuses an unknown provider, a used or signed-in identity, a sixth one, and an immutable attribute', () => {
    expect(answers({ providers: ['Other'] })).to.equal('InvalidParameterException');
    expect(answers({ holder: 'other' })).to.equal('AliasExistsException');
    expect(answers({ holder: 'signedIn' })).to.equal('InvalidParameterException');
    expect(answers({ holder: 'same' })).to.equal('InvalidParameterException');
    expect(answers({ hasImmutable: true })).to.equal('InvalidParameterException');
    expect(answers({ held: Array.from({ length: MAX_LINKS }, () => REQUEST.source) })).to.equal(
      'LimitExceededException',
    );
  });

  it('17.3: a link is one more identity that is not the primary one; damaged text holds none', () => {
    const once = withIdentity(undefined, REQUEST.source, 5);
    const twice = withIdentity(once, { providerName: 'Google', userId: '1' }, 6);
    expect(heldIdentities(twice)).to.have.length(2);
    expect(heldIdentities(twice)[1]).to.include({ userId: '1', providerName: 'Google', primary: false });
    expect(heldIdentities('not json')).to.deep.equal([]);
  });
});
