import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted } from '../../docs/formatted.ts';
import type { BenchResults } from '../results.ts';
import { drawChart } from './chart.ts';
import { benchCharts } from './charts.ts';
import { benchMarkdown } from './markdown.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

/** benchmarks.md and its pictures from the results alone: path in docs to text. */
export async function benchDocuments(results: BenchResults): Promise<ReadonlyMap<string, string>> {
  const charts = benchCharts(results);
  const text = benchMarkdown(results, [...charts.keys()]);
  return new Map([
    ['benchmarks.md', await formatted('docs/benchmarks.md', text)],
    ...[...charts].map(([name, chart]) => [join('images', name), drawChart(chart)] as const),
  ]);
}

/** Writes benchmarks.md and its pictures. */
export async function writeDocuments(results: BenchResults, folder = DOCS): Promise<void> {
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (const [path, text] of await benchDocuments(results)) writeFileSync(join(folder, path), text);
}
