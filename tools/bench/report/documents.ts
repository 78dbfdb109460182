import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted } from '../../docs/formatted.ts';
import type { BenchResults } from '../results.ts';
import { benchCharts } from './charts.ts';
import { benchMarkdown } from './markdown.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

/** Writes benchmarks.md and its pictures from the results alone. */
export async function writeDocuments(results: BenchResults, folder = DOCS): Promise<void> {
  const charts = benchCharts(results);
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (const [name, svg] of charts) writeFileSync(join(folder, 'images', name), svg);
  const text = benchMarkdown(results, [...charts.keys()]);
  writeFileSync(join(folder, 'benchmarks.md'), await formatted('docs/benchmarks.md', text));
}
