import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchResults } from '../results.ts';
import { benchCharts } from './charts.ts';
import { benchMarkdown } from './markdown.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

/** Writes benchmarks.md and its pictures from the results alone. */
export function writeDocuments(results: BenchResults, folder = DOCS): void {
  const charts = benchCharts(results);
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (const [name, svg] of charts) writeFileSync(join(folder, 'images', name), svg);
  writeFileSync(join(folder, 'benchmarks.md'), benchMarkdown(results, [...charts.keys()]));
}
