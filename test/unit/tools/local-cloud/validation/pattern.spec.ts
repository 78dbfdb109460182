import { expect } from 'chai';
import { wholeValuePattern } from '../../../../../tools/local-cloud/gateway/validation/pattern.ts';

describe('request validation: patterns', () => {
  const cases: readonly [pattern: string, matching: readonly string[], failing: readonly string[]][] = [
    ['[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+', ['Ünal', '山田', '👍', 'a_b'], ['a b', '', 'a\tb', 'ab\u0000']],
    ['[\\w-]+_[0-9a-zA-Z]+', ['us-east-1_aB3'], ['us-east-1', 'x us-east-1_aB3', 'us-east-1_aB3\n']],
    ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*', ['a👍\n', ''], ['\u0001']],
    ['[\\w\\s+=,.\\@\\-]+', ['job-1 a@b'], ['job/1']],
    ['(?s).*', ['a\nb'], []],
    ['(?i)all|[0-9]{3}', ['ALL', 'all', '123'], ['some', '1234']],
    ['\\p{Alnum}+', ['aZ9'], ['é']],
    ['[\\p{Print}]+', ['a ~'], ['é', '\n']],
    ['[\\w-_]*', ['a-b_c'], ['a/b']],
    ['a|b', ['a', 'b'], ['ab', 'ac']],
  ];
  for (const [pattern, matching, failing] of cases) {
    it(`reads ${pattern} as Java does, for the whole value`, () => {
      const compiled = wholeValuePattern(pattern);
      for (const value of matching) expect(compiled.test(value), JSON.stringify(value)).to.equal(true);
      for (const value of failing) expect(compiled.test(value), JSON.stringify(value)).to.equal(false);
    });
  }

  it('says so when a pattern has no JavaScript equivalent', () => {
    expect(() => wholeValuePattern('(?<=a')).to.throw(SyntaxError);
  });
});
