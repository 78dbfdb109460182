import { expect } from 'chai';
import { mainTemplate, references, stackSetTemplate } from '../support/templates.ts';

describe('Order of the main stack', () => {
  /** Everything that must exist before `id`, by references and DependsOn. */
  const before = (id: string, seen = new Set<string>()): Set<string> => {
    const resource = mainTemplate.Resources[id];
    if (resource === undefined || seen.has(id)) return seen;
    seen.add(id);
    for (const { target } of references(resource)) before(target, seen);
    for (const target of [resource.DependsOn ?? []].flat()) before(target, seen);
    return seen;
  };

  it('checks first, then table, replica and constants, then the StackSet', () => {
    expect([...before('StackSetCustomResource')]).to.include.members([
      'StackCheckerCustomResource',
      'BackupTable',
      'SecondaryUserPoolTable',
      'SolutionConstantsCustomResource',
    ]);
    expect([...before('StackCheckerCustomResource')]).to.not.include.members(['BackupTable']);
  });

  it('keeps the policies of the StackSet and of its function until the StackSet is gone', () => {
    expect([...before('StackSetCustomResource')]).to.include.members([
      'StackSetAdministrationPolicy',
      'StackSetExecutionPolicy',
      'StackSetFunctionSelfInvokePolicy',
      'StackSetAdministrationRole',
      'StackSetExecutionRole',
    ]);
    expect([...before('SecondaryUserPoolTable')]).to.include('SecondaryUserPoolTableFunctionSelfInvokePolicy');
  });

  it('gives every custom resource its time limit', () => {
    const custom = [...Object.entries(mainTemplate.Resources), ...Object.entries(stackSetTemplate.Resources)].filter(
      ([, { Type }]) => Type.startsWith('Custom::'),
    );
    expect(custom.map(([id]) => id)).to.have.members([
      'StackCheckerCustomResource',
      'SecondaryUserPoolTable',
      'SolutionConstantsCustomResource',
      'StackSetCustomResource',
      'StackSetConstants',
    ]);
    for (const [id, { Properties }] of custom) expect(Properties['ServiceTimeout'], id).to.be.within(60, 3600);
  });
});
