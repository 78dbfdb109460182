import { expect } from 'chai';
import { list, nodes, references, templates } from '../support/templates.ts';

const PSEUDO_PARAMETERS = ['AccountId', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
  (name) => `AWS::${name}`,
);

for (const template of templates) {
  describe(`Template ${template.name}: references`, () => {
    const known = new Set([
      ...Object.keys(template.Parameters),
      ...Object.keys(template.Resources),
      ...PSEUDO_PARAMETERS,
    ]);

    it('refers only to parameters and resources that exist', () => {
      const dangling = references(template)
        .map(({ target }) => target)
        .filter((target) => !known.has(target));
      expect(dangling).to.deep.equal([]);
    });

    it('takes attributes only of resources', () => {
      const wrong = references(template).filter(
        ({ target, attribute }) => attribute !== undefined && template.Resources[target] === undefined,
      );
      expect(wrong).to.deep.equal([]);
    });

    it('depends only on resources that exist', () => {
      const dangling = Object.values(template.Resources)
        .flatMap(({ DependsOn }) => list(DependsOn))
        .filter((id) => template.Resources[id] === undefined);
      expect(dangling).to.deep.equal([]);
    });

    it('uses every parameter', () => {
      const used = new Set(references({ ...template, Metadata: {} }).map(({ target }) => target));
      expect(Object.keys(template.Parameters).filter((name) => !used.has(name))).to.deep.equal([]);
    });

    it('uses every condition, and only those that exist', () => {
      const used = new Set<unknown>();
      for (const { Condition } of [...Object.values(template.Resources), ...Object.values(template.Outputs)])
        if (Condition !== undefined) used.add(Condition);
      for (const node of nodes(template)) if (Array.isArray(node['Fn::If'])) used.add(node['Fn::If'][0]);
      expect([...used].sort()).to.deep.equal(Object.keys(template.Conditions).sort());
    });

    it('finds in its mappings what it looks up', () => {
      const wrong = [...nodes(template)]
        .map((node) => node['Fn::FindInMap'])
        .filter((path): path is string[] => Array.isArray(path))
        .filter(
          (path) =>
            path.reduce<unknown>(
              (value, key) => (value as Record<string, unknown> | undefined)?.[key],
              template.Mappings,
            ) === undefined,
        );
      expect(wrong).to.deep.equal([]);
    });

    it('never takes for granted in the backup Region what exists in the primary Region only', () => {
      const conditional = new Set(
        Object.entries(template.Resources)
          .filter(([, { Condition }]) => Condition !== undefined)
          .map(([id]) => id),
      );
      const unconditional = Object.entries(template.Resources).filter(([, { Condition }]) => Condition === undefined);
      // What stands inside an Fn::If is chosen by the condition.
      const withoutChoices = (value: unknown): unknown =>
        JSON.parse(
          JSON.stringify(value, (_key, child: unknown) =>
            typeof child === 'object' && child !== null && 'Fn::If' in child ? null : child,
          ),
        );
      const wrong = unconditional.flatMap(([id, resource]) =>
        references(withoutChoices(resource))
          .filter(({ target }) => conditional.has(target))
          .map(({ target }) => `${id} -> ${target}`),
      );
      expect(wrong).to.deep.equal([]);
    });

    it('says what each output is', () => {
      expect(
        Object.entries(template.Outputs)
          .filter(([, { Description }]) => !Description)
          .map(([name]) => name),
      ).to.deep.equal([]);
    });
  });
}
