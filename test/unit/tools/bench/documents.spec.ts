import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { layOutChart, pointsAlong } from '../../../../tools/bench/report/chart.ts';
import type { Chart } from '../../../../tools/bench/report/chart.ts';
import { benchCharts } from '../../../../tools/bench/report/charts.ts';
import { benchDocuments } from '../../../../tools/bench/report/documents.ts';
import { essence } from '../../../../tools/bench/report/essence.ts';
import type { BenchResults } from '../../../../tools/bench/results.ts';

const fromRoot = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const results = JSON.parse(fromRoot('tools/bench/results.json')) as BenchResults;
const documents = await benchDocuments(results);

describe('documents of the benchmark', () => {
  for (const [path, text] of documents) {
    it(`docs/${path} is what the results give (npm run bench -- --draw)`, () => {
      expect(fromRoot(`docs/${path}`)).to.equal(text);
    });
  }

  it('begin with at most ten lines and one picture', () => {
    const [first = ''] = (documents.get('benchmarks.md') ?? '').split('\n## ');
    expect(first.split('\n').filter((line) => line.startsWith('- '))).to.have.length.within(6, 10);
    expect(first.match(/!\[/g)).to.have.lengthOf(1);
  });

  it('name every bar that does not hold', () => {
    const [cell] = results.cells;
    if (cell === undefined) throw new Error('The results have no cell.');
    const check = { name: 'seconds', value: 90, bar: 80, rule: 'at most', ok: false } as const;
    const text = essence({ ...results, cells: [{ ...cell, checks: [check] }] });
    expect(text).to.include(
      `Bars: 0 of 1 cells hold all of theirs. Not held: ${cell.title} (${cell.how}): seconds 90.0, at most 80.0.`,
    );
    expect(essence({ ...results, cells: [{ ...cell, checks: [{ ...check, ok: true }] }] })).to.include('Bars: 1 of 1');
  });

  it('leave out what there are no results for', () => {
    expect(essence({ ...results, cells: [], agreement: [] })).to.equal('- Bars: 0 of 0 cells hold all of theirs.');
  });
});

describe('charts of the benchmark', () => {
  const filled: Chart = {
    title: 'No corner is free',
    xName: 'x',
    yName: 'y',
    logarithmic: false,
    lines: [
      { name: 'up and down', className: 'ours', points: Array.from({ length: 40 }, (_, x) => [x, (x % 2) * 10]) },
    ],
  };

  for (const [name, chart] of [...benchCharts(results), ['a chart without a free corner', filled] as const]) {
    it(`${name}: the legend lies inside the plot and covers no line and no mark`, () => {
      const { x, y, plot, legend } = layOutChart(chart);
      expect(legend.x).to.be.above(plot.x);
      expect(legend.y).to.be.above(plot.y);
      expect(legend.x + legend.width).to.be.below(plot.x + plot.width);
      expect(legend.y + legend.height).to.be.below(plot.y + plot.height);
      const covered = chart.lines
        .flatMap((line) => pointsAlong(line, x, y))
        .filter(
          (point) =>
            point.x > legend.x &&
            point.x < legend.x + legend.width &&
            point.y > legend.y &&
            point.y < legend.y + legend.height,
        );
      expect(covered).to.deep.equal([]);
    });

    it(`${name}: lines can be told apart by more than their colour`, () => {
      const looks = chart.lines.map(({ mark, dashed, className }) => `${mark} ${dashed} ${className === 'limit'}`);
      const others = looks.filter((look) => !look.endsWith('true'));
      expect(new Set(others)).to.have.lengthOf(others.length);
    });
  }
});
