import { expect } from 'chai';
import { restoreUserShape } from '../../../../source/domain/import/plan/plan-model.ts';
import { restoreHeadShape } from '../../../../source/domain/import/plan/restore-head.ts';
import { parsed, shaped } from '../../../../source/domain/state/json-object.ts';
import type { Shape } from '../../../../source/domain/state/shape.ts';

const KEY = 'restores/p/current.json';
const head = { restoreId: '20260301T000000Z-12345678', phase: 'writing', updatedAt: '2026-03-01T00:00:00.000Z' };
const user = { sub: 's', name: 'n', attributes: {}, enabled: true, status: '', groups: [] };

describe('The shape of a stored object', () => {
  const problem = (value: unknown, shape: Shape = restoreHeadShape): string => {
    try {
      shaped(KEY, value, shape);
      return '';
    } catch (error) {
      expect(error).to.have.property('name', 'BadState');
      return (error as Error).message;
    }
  };

  it('is named by the member, what it should be, what to do, and no value', () => {
    expect(problem(head)).to.equal('');
    expect(problem({ ...head, phase: 'ana@example.org' }))
      .to.match(/restores\/p\/current\.json is damaged: phase should be .* start ImportWorkflow again/)
      .and.not.include('ana');
    expect(problem({ ...head, restoreId: '../../x' })).to.include('restoreId should be');
    expect(problem({ phase: head.phase })).to.include('restoreId is missing');
    expect(problem(null)).to.include('it should be Object, but is null');
    expect(problem({ ...user, attributes: { 'ana@example.org': 7 } }, restoreUserShape))
      .to.include('attributes')
      .and.not.include('ana');
  });

  it('takes any attribute for what it is, also those that are called like members of every object', () => {
    const attributes = JSON.parse('{"__proto__": "a", "constructor": "b", "custom:__proto__": "c"}') as object;
    expect(problem({ ...user, name: '__proto__', attributes }, restoreUserShape)).to.equal('');
  });

  it('looks at no members that it does not name, and leaves them where they are', () => {
    const more = { ...head, laterVersion: { of: 'something' } };
    expect(shaped(KEY, more, restoreHeadShape)).to.equal(more);
  });

  it('is asked for objects that are no JSON without quoting them', () => {
    expect(() => parsed(KEY, Buffer.from('ana@example.org')))
      .to.throw(/it is no JSON/)
      .and.not.match(/ana/);
  });
});
