import { federatedKeys } from '../../../source/domain/backup/federated/table-parts.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  changeDigestsKey,
  LATEST_KEY,
  manifestKey,
  manifestShape,
  OPEN_KEY,
  openMarkerShape,
  openPlanShape,
  settingsKey,
  settingsRecordShape,
  snapshotObjectShape,
  snapshotSettingsShape,
} from '../../../source/domain/backup/manifest.ts';
import {
  groupItem,
  groupKey,
  membershipItem,
  membershipKey,
  userItem,
  userKey,
} from '../../../source/domain/backup/items.ts';
import {
  INDEX_NAME,
  KEPT_NAME,
  segmentName,
  snapshotFolder,
  snapshotManifestKey,
} from '../../../source/domain/backup/snapshot/names.ts';
import { FAILURES_HEADER, SUB_MAP_HEADER } from '../../../source/domain/import/plan/csv-rows.ts';
import { MFA_HEADER } from '../../../source/domain/import/plan/mfa-hurdles.ts';
import { restoreFolder } from '../../../source/domain/import/plan/plan-model.ts';
import { selectionFolder, selectionKeys } from '../../../source/domain/import/plan/selection-keys.ts';
import {
  RESULTS_HEADER,
  SELECTION_DIFFERENCES_HEADER,
  SELECTION_RESULTS,
} from '../../../source/domain/import/selection/report.ts';
import { selectionRequestShape } from '../../../source/domain/import/selection/request.ts';
import { headKey } from '../../../source/domain/import/plan/restore-head.ts';
import { keptSettingsShape } from '../../../source/domain/pool-settings/shape.ts';
import { DIFFERENCES_HEADER } from '../../../source/domain/verify/pool/rows.ts';
import { leaseKey } from '../../../source/domain/workflow/lease.ts';
import type { ItemKey } from '../../../source/domain/ports.ts';
import { projectRoot } from '../../../tools/deploy/solution.ts';

const doc = readFileSync(join(projectRoot, 'docs', 'data-format.md'), 'utf8');
const RUN = '20260301T000000Z-0a1b2c3d';

/** The rows of the first table after some text, as cells. */
function tableAfter(text: string): string[][] {
  const at = doc.indexOf(text);
  expect(at, text).to.be.above(-1);
  const lines = doc.slice(at).split('\n');
  const first = lines.findIndex((line) => line.startsWith('| '));
  const rows = lines.slice(first + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const codeIn = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);

describe('docs/data-format.md', () => {
  it('names the key of every kind of item', () => {
    const documented = tableAfter('## Table').map(([, id, type]) => [codeIn(id)[0], codeIn(type)[0]].join(' '));
    const shown = ({ id, type }: ItemKey): string => `${id} ${type}`;
    const keys = [
      userKey('<sub>'),
      membershipKey('<sub>', '<group>'),
      groupKey('<group>'),
      manifestKey('<run>'),
      LATEST_KEY,
      OPEN_KEY,
      changeDigestsKey('<run>', 0),
      ...federatedKeys({ sha256: '<sha256>', bytes: 1 }),
      settingsKey('<hash>', 0),
      leaseKey('<workflow>' as 'ExportWorkflow', '<Region>'),
    ].map(shown);
    expect(documented).to.deep.equal(keys.map((key) => key.replace('#00000', '#<five digits>')));
  });

  it('lists exactly the attributes of users, memberships and groups', () => {
    const user = {
      sub: 's',
      username: 'u',
      attributes: { email: 'u@example.com' },
      enabled: true,
      status: 'CONFIRMED',
      created: '2026-03-01T00:00:00Z',
      modified: '2026-03-01T00:00:00Z',
    };
    const items = {
      // No pool's items have both signInName and signsInBy.
      user: { ...userItem(user, 'email', RUN), ...userItem(user, 'emailOrPhone', RUN, 'email') },
      membership: membershipItem('s', 'g', RUN),
      group: groupItem({ name: 'g', description: 'd', precedence: 1, roleArn: 'arn' }, RUN),
    };
    const documented = tableAfter('<!-- items').map(([item = '', name]) => `${item} ${codeIn(name).join()}`);
    const written = Object.entries(items).flatMap(([kind, item]) =>
      Object.keys(item)
        .filter((name) => name !== 'id' && name !== 'type')
        .map((name) => `${kind} ${name}`),
    );
    expect(documented).to.have.members(written);
  });

  it('17.5: lists every member of the kept configuration', () => {
    const members = tableAfter('<!-- settings').flatMap(([member]) => codeIn(member));
    expect(members).to.have.members(Object.keys(keptSettingsShape.entries));
  });

  it('lists every member of a manifest, of what it says of objects, and of OPEN', () => {
    const rows = tableAfter('<!-- manifest');
    const members = rows.flatMap(([member]) => codeIn(member));
    expect(members).to.include.members(Object.keys(manifestShape.entries));
    expect(members).to.have.length(new Set(members).size);
    const aboutObjects = rows.find(([member]) => member === '`snapshot`')?.[1];
    expect(codeIn(aboutObjects)).to.include.members(Object.keys(snapshotObjectShape.entries));
    expect(codeIn(aboutObjects)).to.include.members(Object.keys(snapshotSettingsShape.entries));
    const aboutSettings = rows.find(([member]) => member === '`settings`')?.[1];
    expect(codeIn(aboutSettings)).to.have.members(Object.keys(settingsRecordShape.entries));
    const aboutOpen = doc.slice(doc.indexOf('`EXPORT#OPEN` has'));
    for (const name of [...Object.keys(openMarkerShape.entries), ...Object.keys(openPlanShape.entries)])
      expect(codeIn(aboutOpen), name).to.include(name);
  });

  it('names every prefix for which the template has a lifecycle rule, and the keys of the code', () => {
    const template = readFileSync(join(projectRoot, 'templates', 'stack-set-template.yaml'), 'utf8');
    const prefixes = tableAfter('<!-- prefixes').flatMap(([key]) => codeIn(key));
    for (const [, prefix = ''] of template.matchAll(/^ +Prefix: (\S+)/gmu))
      expect(
        prefixes.some((key) => key.startsWith(prefix)),
        prefix,
      ).to.equal(true);
    for (const key of [snapshotFolder('<run>'), headKey('<pool>'), restoreFolder('<pool>', '<restore>')])
      expect(prefixes, key).to.include(key);
    for (const name of [KEPT_NAME, INDEX_NAME, segmentName(0), snapshotManifestKey(RUN).split('/').at(-1)])
      expect(codeIn(doc.slice(doc.indexOf('### Snapshots'))), name).to.include(name);
  });

  it('16.2: lists every member of the request of a selection, every object and every result', () => {
    const members = tableAfter('<!-- request').map(([member]) => codeIn(member)[0]);
    expect(members).to.have.members(Object.keys(selectionRequestShape.pipe[0].entries));
    const selections = doc.slice(doc.indexOf('### Selections'));
    const folder = selectionFolder('<pool>', '<id>');
    expect(codeIn(selections)).to.include(folder);
    const keys = selectionKeys('<pool>', '<id>');
    for (const key of [keys.request, keys.differences, keys.undo, keys.results, keys.subMap, keys.report])
      expect(codeIn(selections), key).to.include(key.slice(folder.length));
    expect(tableAfter('<!-- results').map(([result]) => codeIn(result)[0])).to.deep.equal([...SELECTION_RESULTS]);
  });

  it('gives the columns of every report', () => {
    const reports = tableAfter('<!-- reports');
    for (const [file, header] of [
      ['report/failures.csv', FAILURES_HEADER],
      ['report/sub-map.csv', SUB_MAP_HEADER],
      ['report/mfa.csv', MFA_HEADER],
      ['differences.csv', DIFFERENCES_HEADER],
      ['selections/<id>/results.csv', RESULTS_HEADER],
      ['selections/<id>/differences.csv', SELECTION_DIFFERENCES_HEADER],
    ] as const) {
      const columns = reports.find(([name]) => codeIn(name).includes(file))?.[1];
      expect(codeIn(columns), file).to.deep.equal(header.trim().split(','));
    }
  });
});
