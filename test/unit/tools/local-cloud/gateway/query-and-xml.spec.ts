import { expect } from 'chai';
import {
  queryTree,
  subtree,
  queryText,
  queryTexts,
  trees,
} from '../../../../../tools/local-cloud/gateway/query-params.ts';
import { elements, elementText, elementTexts, toXml } from '../../../../../tools/local-cloud/gateway/xml.ts';

describe('local cloud gateway: query protocol', () => {
  it('builds lists and structures from flat keys, in the order of their numbers', () => {
    const tree = queryTree({
      Action: 'X',
      'Regions.member.10': 'j',
      'Regions.member.2': 'b',
      'Regions.member.1': 'a',
      'Parameters.member.1.ParameterKey': 'K',
      'Parameters.member.1.ParameterValue': 'V',
      'OperationPreferences.RegionOrder.member.1': 'r',
    });
    expect(queryTexts(tree, 'Regions')).to.deep.equal(['a', 'b', 'j']);
    expect(trees(tree, 'Parameters')?.map((parameter) => queryText(parameter, 'ParameterKey'))).to.deep.equal(['K']);
    expect(queryTexts(subtree(tree, 'OperationPreferences'), 'RegionOrder')).to.deep.equal(['r']);
    expect(queryText(tree, 'Missing')).to.equal(undefined);
    expect(queryTexts(tree, 'Missing')).to.equal(undefined);
  });

  it('writes XML that it reads again', () => {
    const xml = toXml({
      Name: 'a <b> & "c"',
      Left: undefined,
      List: [{ Key: 'k' }, { Key: 'l' }],
      At: new Date(0),
      Empty: [],
    });
    expect(elementText(xml, 'Name')).to.equal('a <b> & "c"');
    expect(elementTexts(xml, 'Key')).to.deep.equal(['k', 'l']);
    expect(elementText(xml, 'At')).to.equal('1970-01-01T00:00:00.000Z');
    expect(xml).to.contain('<Empty></Empty>').and.not.contain('Left');
    expect(elementText('<M>&#38;&#x26;&amp;</M>', 'M')).to.equal('&&&');
  });

  it('reads texts as they are, and elements within elements', () => {
    const xml = '<R><A><B>01</B><B>2&lt;</B></A><A><B> x </B></A></R>';
    expect(elementTexts(xml, 'B')).to.deep.equal(['01', '2<', ' x ']);
    expect(elements(xml, 'A').map((each) => elementText(each, 'B'))).to.deep.equal(['01', ' x ']);
    expect(elementText(xml, 'C')).to.equal(undefined);
  });
});
