/**
 * Which room may import which; `npm run lint` refuses everything else. A room is a folder. In each list a room imports only
 * rooms that stand before it, so no two rooms ever import each other.
 */
const DOMAIN = 'source/domain/';
const domainRooms = [
  'pacing',
  'state',
  'listing',
  'recovery',
  'backup',
  'pool-settings',
  'digests',
  'comparison',
  ['export', 'import', 'verify', 'history', 'adopt'],
  'drill',
  'watch',
  'workflow',
  'operator',
];
const importRooms = [
  'plan',
  'csv',
  'accounts',
  'preflight',
  'planning',
  'jobs',
  'updates',
  'reconcile',
  'identities',
  'report',
  'selection',
];
const topRooms = [
  'source/domain',
  'source/adapters',
  ['source/lambda', 'source/custom-resources', 'source/cli'],
  'deployment',
  'tools',
  'test',
];

/** One rule for each floor: what stands on it imports nothing from its neighbours or from above. */
const floors = (name, base, rooms) =>
  rooms
    .flatMap((floor, index) =>
      [floor].flat().map((room) => {
        const refused = rooms
          .slice(index)
          .flat()
          .filter((other) => other !== room);
        return {
          name: `${name}: ${room}`,
          comment: 'A room imports only rooms below it.',
          severity: 'error',
          from: { path: `^${base}${room}/` },
          to: { path: `^${base}(${refused.join('|')})/` },
        };
      }),
    )
    .filter(({ to }) => !to.path.endsWith('()/'));

export default {
  forbidden: [
    ...floors('domain', DOMAIN, domainRooms),
    ...floors('import', `${DOMAIN}import/`, importRooms),
    ...floors('top', '', topRooms),
    {
      name: 'rooms below the entries',
      comment: 'The entry files of the import stand above its rooms.',
      severity: 'error',
      from: { path: `^${DOMAIN}import/[^/]+/` },
      to: { path: `^${DOMAIN}import/[^/]+\\.ts$` },
    },
    {
      name: 'shipped code',
      comment: 'What is shipped imports nothing of the tools, the build or the tests.',
      severity: 'error',
      from: { path: '^source/' },
      to: { path: '^(tools|test|deployment)/' },
    },
    {
      name: 'command line',
      comment:
        'Commands are the top: what others need of them lies in source/domain/operator and source/adapters/operator.',
      severity: 'error',
      from: { path: '^(source|tools|deployment)/', pathNot: '^source/cli/' },
      to: { path: '^source/cli/' },
    },
    {
      name: 'simulation',
      comment: 'The simulated services stand below the tools that run on them.',
      severity: 'error',
      from: { path: '^tools/simulation/' },
      to: { path: '^tools/(?!simulation/)' },
    },
    {
      name: 'no circles',
      comment: 'Two files that import each other are one story in two places.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(source|tools|test|deployment)/',
  },
};
